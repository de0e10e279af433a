/** The one small image and chart that every client pushes. */
import { join } from 'node:path';
import type { Sample } from './clients.ts';
import { buildImage, exportArchive, exportLayout } from './images.ts';
import type { Machine } from './machine.ts';

/** Three layers, of which one is less than a kilobyte and one more than a read. */
const LAYERS = [700, 3_000_000, 90_000];

/** Makes the sample in each of its forms. */
export async function makeSample(machine: Machine): Promise<Sample> {
  const image = 'sample:1';
  await buildImage(machine, image, {
    layers: LAYERS,
    config: ['--label purpose=test', '--env GREETING=hello', '--cmd /layer-0'],
  });
  const [layout, archive, chart] = await Promise.all([
    exportLayout(machine, image, 'sample'),
    exportArchive(machine, image),
    packChart(machine),
  ]);
  return { image, layout, archive, chart };
}

async function packChart(machine: Machine): Promise<string> {
  await machine.write(join(machine.folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: sample\nversion: "1"\n');
  await machine.write(
    join(machine.folder, 'chart/templates/note.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\n',
  );
  const { stdout } = await machine.sh('helm package chart');
  return stdout.replace(/^.*: /, '');
}
