/** Files that are read again when they change. */
import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** What belongs together is usually written one after the other; it is read when nothing changed for this long. */
const SETTLE_MS = 100;

/**
 * Watches the folders of files, since renewals replace files (and Kubernetes replaces folders). Folders that are not
 * there are left alone.
 * @param onChange called when something in the folders changed, whether or not it was one of the files
 * @param report gets what keeps a folder from being watched
 * @returns ends the watch
 */
export function watchFiles(
  files: readonly string[],
  onChange: () => void,
  report: (error: unknown) => void,
): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const note = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  const folders = [...new Set(files.map((file) => dirname(file)))].filter((folder) => existsSync(folder));
  const watchers = folders.flatMap((folder) => {
    try {
      return [watch(folder, { persistent: false }, note).on('error', report)];
    } catch (error) {
      report(error);
      return [];
    }
  });
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
