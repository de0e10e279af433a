/** Certificate and key in files, read again when they change. */
import { readFile } from 'node:fs/promises';
import { watchFiles } from '../watch-files.ts';
import type { TlsPair } from './tls-server.ts';

/** Where certificate and key are. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Reads the pair. @throws the system's error when a file cannot be read */
export async function readTlsFiles(files: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')]);
  return { cert, key };
}

/**
 * Watches the files.
 * @param use gets the new pair; what it throws goes to `report`, and the pair before stays in use
 * @returns ends the watch
 */
export function watchTlsFiles(
  files: TlsFiles,
  use: (pair: TlsPair) => void,
  report: (error: unknown) => void,
): Disposable {
  let current = '';
  const reload = async () => {
    try {
      const pair = await readTlsFiles(files);
      const text = pair.cert + pair.key;
      if (text === current) return;
      use(pair);
      current = text;
    } catch (error) {
      report(error);
    }
  };
  return watchFiles([files.cert, files.key], () => void reload(), report);
}
