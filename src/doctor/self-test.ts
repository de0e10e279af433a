/** What became of one small image on its way through the registry. Pure. */
import { type Finding, ok, problem, warning } from './finding.ts';

/** The way, step by step; what comes after a step that failed is left out. */
export interface SelfTestReport {
  readonly digest: string;
  readonly steps: readonly SelfTestStep[];
  /** What could not be removed afterwards. */
  readonly left: readonly string[];
  /** Milliseconds it took. */
  readonly duration: number;
}

/** A step. */
export interface SelfTestStep {
  readonly step: 'push' | 'pull' | 'node-pull' | 'pod' | 'digest';
  /** Part of a sentence. */
  readonly what: string;
  /** Undefined: it went well. */
  readonly failure: string | undefined;
}

const CODES: Readonly<Record<SelfTestStep['step'], string>> = {
  push: 'SELF_TEST_PUSH',
  pull: 'SELF_TEST_PULL',
  'node-pull': 'SELF_TEST_NODE_PULL',
  pod: 'SELF_TEST_POD',
  digest: 'SELF_TEST_DIGEST',
};

/** Judges the way. */
export function judgeSelfTest({ digest, steps, left, duration }: SelfTestReport, name: string): Finding[] {
  const failed = steps.filter(({ failure }) => failure !== undefined);
  const findings = failed.map(({ step, what, failure }) =>
    problem('self-test', CODES[step], `${what} failed: ${failure}.`, fixOf(step, name)),
  );
  const done = steps.flatMap(({ step, what }) => (step === 'digest' ? [] : [what])).join(', ');
  if (failed.length === 0) {
    const seconds = (duration / 1000).toFixed(1);
    findings.push(ok('self-test', `${done}: ${digest.slice(0, 19)}… everywhere, in ${seconds} s; removed again.`));
  }
  if (left.length > 0)
    findings.push(warning('self-test', 'SELF_TEST_LEFT', `This is left of the test: ${left.join('; ')}.`));
  return findings;
}

function fixOf(step: SelfTestStep['step'], name: string): string {
  const isOfRegistry = step === 'push' || step === 'pull' || step === 'digest';
  return isOfRegistry ? `devreg logs registry --name ${name}` : `devreg create --name ${name}`;
}
