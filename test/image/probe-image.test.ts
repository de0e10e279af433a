import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { formatProbeProgram } from '../../src/doctor/probe-program.ts';
import { makeProbeImage } from '../../src/image/probe-image.ts';
import { digestOf } from '../../src/oci/digest.ts';

it('makes an image of one program, of less than a kilobyte', async () => {
  const program = formatProbeProgram('amd64', 'hello 0123456789ab');
  const { blobs, manifest } = await makeProbeImage(program, 'amd64');
  const [layer, config] = blobs;
  for (const { digest, bytes } of [...blobs, manifest]) expect(digest).toBe(digestOf(bytes));
  expect([...blobs, manifest].reduce((total, { bytes }) => total + bytes.length, 0)).toBeLessThan(1024);
  const tar = gunzipSync(layer?.bytes ?? '');
  expect(JSON.parse(String(config?.bytes))).toMatchObject({
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['/probe'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  });
  expect(tar.subarray(0, 6).toString()).toBe('probe\0');
  expect(tar.subarray(512, 512 + program.length)).toEqual(program);
  const document = JSON.parse(manifest.bytes.toString()) as { config: object; layers: object[] };
  expect(document.config).toMatchObject({ digest: config?.digest, size: config?.bytes.length });
  expect(document.layers).toMatchObject([{ digest: layer?.digest, size: layer?.bytes.length }]);
});
