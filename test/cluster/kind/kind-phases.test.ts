/** What kind says on its way. */
import { describe, expect, it } from 'vitest';
import { describeStep, isConfigured, readStep } from '../../../src/cluster/kind/kind-phases.ts';

const SAID = [
  'Creating cluster "dev" ...',
  ' • Ensuring node image (kindest/node:v1.34.4) 🖼  ...',
  ' ✓ Ensuring node image (kindest/node:v1.34.4) 🖼',
  ' • Preparing nodes 📦 📦   ...',
  ' ✓ Preparing nodes 📦 📦 ',
  ' • Writing configuration 📜  ...',
  ' ✓ Writing configuration 📜',
  ' • Starting control-plane 🕹️  ...',
  ' ✓ Starting control-plane 🕹️',
  ' • Polishing the brass 🎺  ...',
  'Set kubectl context to "kind-dev"',
];

describe('the steps of kind', () => {
  it('are told in plain words', () => {
    const begun = SAID.map(readStep).filter((step) => step?.kind === 'begun');
    expect(begun.map((step) => step && describeStep(step))).toEqual([
      'Looking for the node image kindest/node:v1.34.4',
      'Starting the nodes',
      'Configuring the nodes',
      'Starting the control plane',
      'Polishing the brass',
    ]);
  });

  it('say when container runtimes are restarted no more', () => {
    const steps = SAID.map((line) => ({ line, step: readStep(line) }));
    const configured = steps.filter(({ step }) => step !== undefined && isConfigured(step));
    expect(configured.map(({ line }) => line)).toEqual([
      ' ✓ Writing configuration 📜',
      ' • Starting control-plane 🕹️  ...',
    ]);
  });
});
