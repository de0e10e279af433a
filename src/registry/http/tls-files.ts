/** Certificate and key in files, read again when they change. */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TlsPair } from './server.ts';

/** Where certificate and key are. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Both files are usually written one after the other; they are read when nothing changed for this long. */
const SETTLE_MS = 100;

/** Reads the pair. @throws the system's error when a file cannot be read */
export async function readTlsFiles(files: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')]);
  return { cert, key };
}

/**
 * Watches the folders of the files, since renewals replace files (and Kubernetes replaces folders).
 * @param use gets the new pair; what it throws goes to `report`, and the pair before stays in use
 * @returns ends the watch
 */
export function watchTlsFiles(
  files: TlsFiles,
  use: (pair: TlsPair) => void,
  report: (error: unknown) => void,
): Disposable {
  let timer: NodeJS.Timeout | undefined;
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
  const folders = new Set([dirname(files.cert), dirname(files.key)]);
  const watchers = [...folders].map((folder) =>
    watch(folder, { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void reload(), SETTLE_MS);
    }).on('error', report),
  );
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
