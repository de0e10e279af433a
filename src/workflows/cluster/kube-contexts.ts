/** Which of the user's clusters kubectl is about, and what it was about before a cluster of devreg's came. */
import { chmod, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { contextsOf, currentContextOf, withCurrentContext } from '../../config/kubeconfig-text.ts';
import { systemCodeOf, translateFileErrors } from '../../errors.ts';
import { readIfPresent } from '../../optional-files.ts';

/** The user's kubeconfig, in as many files as it is. */
export interface KubeContexts {
  /** @returns undefined when none is current. @throws DevregError when the file system refuses */
  current(): Promise<string | undefined>;
  has(context: string): Promise<boolean>;
  /**
   * Makes a context current again, unless it is gone, or another than the one it shall follow is current by now.
   * @param after undefined: none
   */
  restore(context: string, after: string | undefined): Promise<void>;
}

/** kubectl and kind keep others away by a file of this ending for as long as they write. */
const LOCK = '.lock';
const TRIES = 20;
const PAUSE_MS = 100;

/** The files that kubectl reads, the first one first (client-go, clientcmd/loader.go). */
export function openKubeContexts({ env, home }: Surroundings): KubeContexts {
  const given = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const files = given.length > 0 ? given : [join(home, '.kube', 'config')];
  const read = async () => {
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readIfPresent(file) })));
    return texts.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, text }]));
  };
  const has = async (context: string) => (await read()).some(({ text }) => contextsOf(text).includes(context));
  const current = async () =>
    (await read()).map(({ text }) => currentContextOf(text)).find((context) => context !== undefined);
  return {
    current,
    has,
    async restore(context, after) {
      if ((await current()) !== after || !(await has(context))) return;
      const there = await read();
      // Of several files the first one with a current context counts.
      const [first] = [...there.filter(({ text }) => currentContextOf(text) !== undefined), ...there];
      if (first !== undefined) await changeLocked(first.file, (text) => withCurrentContext(text, context));
    },
  };
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Somebody who writes for longer than two seconds, or died of it, has their way. */
async function changeLocked(path: string, change: (text: string) => string): Promise<void> {
  await translateFileErrors(`write ${path}`, async () => {
    const file = await realpath(path);
    if (!(await takeLock(`${file}${LOCK}`))) return;
    try {
      const text = await readIfPresent(file);
      if (text !== undefined) await replace(file, change(text));
    } finally {
      await rm(`${file}${LOCK}`, { force: true });
    }
  });
}

async function takeLock(lock: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return true;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
      await pause(PAUSE_MS);
    }
  }
  return false;
}

/** Whole at every moment, and for whoever could read it before. */
async function replace(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const draft = `${file}.devreg`;
  await writeFile(draft, text, { mode: 0o600 });
  await chmod(draft, mode);
  await rename(draft, file);
}
