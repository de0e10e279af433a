/** The program of the hash worker: digests, fed by messages, away from the event loop of the server. */
import { parentPort } from 'node:worker_threads';
import { type RunningDigest, startDigest } from '../../oci/digest.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

const digests = new Map<number, RunningDigest>();

parentPort?.on('message', (request: HashRequest) => {
  switch (request.kind) {
    case 'start':
      digests.set(request.id, startDigest(request.algorithm));
      break;
    case 'add':
      digests.get(request.id)?.update(new Uint8Array(request.memory, 0, request.length));
      reply({ kind: 'added', memory: request.memory }, [request.memory]);
      break;
    case 'finish': {
      const digest = digests.get(request.id);
      digests.delete(request.id);
      if (digest !== undefined) reply({ kind: 'finished', id: request.id, digest: digest.finish() }, []);
      break;
    }
    case 'abandon':
      digests.delete(request.id);
      break;
  }
});

function reply(message: HashReply, memory: readonly ArrayBuffer[]): void {
  parentPort?.postMessage(message, memory);
}
