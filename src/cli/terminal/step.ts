/** Shows one step of a recipe: with something that turns on a terminal, in a plain line elsewhere. */
import type { Output } from '../surroundings.ts';
import type { Colours } from './colours.ts';

/** Where and how steps are shown. */
export interface StepDisplay {
  readonly stderr: Output;
  readonly colours: Colours;
  readonly isAnimated: boolean;
}

/** Does the work and shows that it is being done, and how it ended. */
export async function showStep<T>(title: string, work: () => Promise<T>, display: StepDisplay): Promise<T> {
  return display.isAnimated ? animate(title, work, display) : announce(title, work, display);
}

async function announce<T>(title: string, work: () => Promise<T>, { stderr, colours }: StepDisplay): Promise<T> {
  stderr.write(`${title} …\n`);
  try {
    return await work();
  } catch (error) {
    stderr.write(`${colours.red('✗')} ${title}\n`);
    throw error;
  }
}

/** The work does not wait for the spinner to be loaded. */
async function animate<T>(title: string, work: () => Promise<T>, { stderr, colours }: StepDisplay): Promise<T> {
  const result = work();
  const outcome = result.then(
    () => `${colours.green('✓')} ${title}\n`,
    () => `${colours.red('✗')} ${title}\n`,
  );
  const { default: ora } = await import('ora');
  const spinner = ora({ text: title, stream: stderr, discardStdin: false }).start();
  const line = await outcome;
  spinner.stop();
  stderr.write(line);
  return result;
}
