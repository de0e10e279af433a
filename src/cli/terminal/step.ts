/** Shows one step of a recipe: with something that turns on a terminal, in plain lines elsewhere. */
import type { Output } from '../surroundings.ts';
import type { Colours } from './colours.ts';

/** Where and how steps are shown. */
export interface StepDisplay {
  readonly stderr: Output;
  readonly colours: Colours;
  readonly isAnimated: boolean;
}

/** Shows steps, one at a time. */
export interface StepView {
  /** Does the work and shows that it is being done, how it ended, and how long it took if that was to be felt. */
  show<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Shows what is going on within the step, where there is room for it. */
  detail(text: string): void;
}

/** Steps that took less than this are not worth a number. */
const FELT_MS = 1_000;

/** Makes the view. */
export function createStepView(display: StepDisplay): StepView {
  let current: { title: string; spinner: { text: string } } | undefined;
  return {
    show: async (title, work) => {
      if (!display.isAnimated) return announce(title, work, display);
      return animate(title, work, display, (spinner) => {
        current = spinner === undefined ? undefined : { title, spinner };
      });
    },
    detail(text) {
      if (current !== undefined) current.spinner.text = `${current.title}: ${text}`;
    },
  };
}

async function announce<T>(title: string, work: () => Promise<T>, { stderr, colours }: StepDisplay): Promise<T> {
  const started = performance.now();
  stderr.write(`${title} …\n`);
  try {
    const result = await work();
    const time = timeSince(started);
    if (time !== '') stderr.write(`${colours.green('✓')} ${title}${time}\n`);
    return result;
  } catch (error) {
    stderr.write(`${colours.red('✗')} ${title}${timeSince(started)}\n`);
    throw error;
  }
}

/** The work does not wait for the spinner to be loaded. */
async function animate<T>(
  title: string,
  work: () => Promise<T>,
  { stderr, colours }: StepDisplay,
  onSpinner: (spinner: { text: string } | undefined) => void,
): Promise<T> {
  const started = performance.now();
  const result = work();
  const outcome = result.then(
    () => `${colours.green('✓')} ${title}${timeSince(started)}\n`,
    () => `${colours.red('✗')} ${title}${timeSince(started)}\n`,
  );
  const { default: ora } = await import('ora');
  // Whether to animate was decided when the terminal was opened; ora would ask the environment again.
  const spinner = ora({ text: title, stream: stderr, discardStdin: false, isEnabled: true }).start();
  onSpinner(spinner);
  const line = await outcome;
  onSpinner(undefined);
  spinner.stop();
  stderr.write(line);
  return result;
}

function timeSince(started: number): string {
  const time = performance.now() - started;
  return time < FELT_MS ? '' : ` (${(time / 1_000).toFixed(1)} s)`;
}
