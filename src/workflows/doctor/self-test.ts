/** Sends a small image all the way: pushed, pulled, and in a cluster pulled by nodes and run by a pod. */
import { randomBytes } from 'node:crypto';
import { type ProbeArchitecture, formatProbeProgram } from '../../doctor/probe-program.ts';
import type { SelfTestReport, SelfTestStep } from '../../doctor/self-test.ts';
import { type ProbeImage, makeProbeImage } from '../../image/probe-image.ts';
import { type ProbePlace, pullProbe, pushProbe, removeProbe } from './probe-push.ts';

/** The image on its way. */
export interface Probe {
  readonly image: ProbeImage;
  readonly repository: string;
  /** What its program says. */
  readonly line: string;
  /** Unlike that of any other test. */
  readonly nonce: string;
}

/** What else is tried with the image, step by step, and what is to be undone. */
export type FurtherSteps = (probe: Probe, journal: Journal) => Promise<void>;

/** What is written down on the way. */
export interface Journal {
  /** Does a step, once all before it went well. @returns its result; undefined when it was not done or failed */
  step<T>(step: SelfTestStep['step'], what: string, work: () => Promise<T>): Promise<T | undefined>;
  /** Gives what undoes something, whatever comes of the test. */
  undo(what: string, work: () => Promise<void>): void;
}

/** Where the images of all tests go: the name of a repository stays when it is empty. */
const REPOSITORY = 'devreg-doctor/self-test';

/**
 * Makes an image, sends it, and removes it everywhere.
 * @param processor of whoever is to run it
 * @throws the signal's reason when it aborts and everything is undone
 */
export async function runSelfTest(
  place: Omit<ProbePlace, 'repository'>,
  processor: ProbeArchitecture,
  further: FurtherSteps,
  signal: AbortSignal,
): Promise<SelfTestReport> {
  const started = performance.now();
  const nonce = randomBytes(6).toString('hex');
  const line = `devreg-doctor ${nonce}`;
  const image = await makeProbeImage(formatProbeProgram(processor, line), processor);
  const probe = { image, repository: REPOSITORY, line, nonce };
  const target = { ...place, repository: REPOSITORY };
  const journal = openJournal(signal);
  await journal.step('push', 'push', () => pushProbe(target, image, signal));
  // Half a push may be there, too.
  journal.undo('the image in the registry', () => removeProbe(target, image, AbortSignal.timeout(UNDO_MS)));
  const pulled = await journal.step('pull', 'pull', () => pullProbe(target, image, signal));
  if (pulled !== undefined) await journal.step('digest', 'the same digest', () => expectSame(pulled, image));
  await further(probe, journal);
  const left = await journal.close();
  signal.throwIfAborted();
  return { digest: image.manifest.digest, steps: journal.steps, left, duration: performance.now() - started };
}

/** Undoing goes on when the time of the test is over. */
export const UNDO_MS = 20_000;

/** @throws Error unless a digest is that of the image */
export async function expectSame(digest: string, { manifest }: ProbeImage): Promise<void> {
  if (digest !== manifest.digest) throw new Error(`${manifest.digest} was pushed, and ${digest} arrived`);
}

interface OpenJournal extends Journal {
  readonly steps: readonly SelfTestStep[];
  /** Undoes everything, last things first. @returns what could not be undone */
  close(): Promise<string[]>;
}

function openJournal(signal: AbortSignal): OpenJournal {
  const steps: SelfTestStep[] = [];
  const undoing: { readonly what: string; readonly work: () => Promise<void> }[] = [];
  return {
    steps,
    async step(step, what, work) {
      if (signal.aborted || steps.some(({ failure }) => failure !== undefined)) return undefined;
      try {
        const result = await work();
        steps.push({ step, what, failure: undefined });
        return result;
      } catch (error) {
        steps.push({ step, what, failure: wordsOf(error) });
        return undefined;
      }
    },
    undo: (what, work) => void undoing.push({ what, work }),
    async close() {
      const left: string[] = [];
      const wasPushed = steps.some(({ step, failure }) => step === 'push' && failure === undefined);
      for (const { what, work } of undoing.toReversed()) {
        try {
          await work();
        } catch (error) {
          if (wasPushed) left.push(`${what} (${wordsOf(error)})`);
        }
      }
      return left;
    },
  };
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words
    .replaceAll(/\s+/g, ' ')
    .replace(/[.\s]+$/, '')
    .slice(0, 600);
}
