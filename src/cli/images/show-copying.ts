/** Runs copying as a step of the terminal, with how far it has come. */
import type { Context } from '../context.ts';
import { type CopyProgress, createCopyProgress } from './copy-progress.ts';

/**
 * Runs the work.
 * @param isQuiet whether nothing is shown
 */
export async function showCopying<T>(
  { terminal }: Context,
  title: string,
  isQuiet: boolean,
  work: (progress: CopyProgress) => Promise<T>,
): Promise<T> {
  const progress = createCopyProgress({
    show: (text) => (isQuiet ? undefined : terminal.detail(text)),
    now: () => performance.now(),
  });
  return isQuiet ? work(progress) : terminal.step(title, () => work(progress));
}
