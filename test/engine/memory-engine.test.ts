import { describe } from 'vitest';
import { engineContract } from '../support/contracts/engine-contract.ts';
import { createMemoryEngine } from '../support/fakes/memory-engine.ts';

describe('an engine in memory', () => {
  const mark = 'one';
  const engine = createMemoryEngine({
    images: ['app:1'],
    containers: [
      {
        name: 'here',
        isRunning: true,
        labels: { 'devreg.test': mark, 'devreg.odd': 'a=b,c' },
        ports: [{ host: '127.0.0.1', hostPort: 8080, containerPort: 80 }],
      },
      { name: 'there', isRunning: false, labels: { 'devreg.test': mark }, ports: [] },
    ],
    exec: ({ command }, input) => {
      if (command[0] === 'fail') throw new Error('no way');
      return command[0] === 'echo' ? input.toString() : new Promise(() => {});
    },
  });
  engineContract(() => ({
    engine,
    mark,
    running: 'here',
    stopped: 'there',
    image: 'app:1',
    echoes: ['echo'],
    fails: ['fail'],
    stays: ['stay'],
  }));
});
