/** The data folder that a command for its owner works on. */
import { resolve } from 'node:path';
import type { OptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { standaloneFolders } from '../../workflows/open-state.ts';
import type { Surroundings } from '../surroundings.ts';

/** @returns the folder of `--data-dir`, or that of `registry serve`, absolute */
export function readDataDir(options: OptionReader, { env, machine }: Surroundings): string {
  const dataDir = options.read('dataDir', 'a folder', parseText);
  return resolve(machine.folder, dataDir ?? standaloneFolders({ ...machine, env }).dataDir);
}
