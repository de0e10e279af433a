/** A process that says `ready`, waits for its input to end, makes a CA in the folder it is given, says what happened. */
import { text } from 'node:stream/consumers';
import { ensureAuthority } from '../../../src/certs/store.ts';

process.stdout.write('ready\n');
await text(process.stdin);
const { outcome, facts } = await ensureAuthority(process.argv[2] ?? '', { now: new Date(), owner: 'ann@laptop' });
process.stdout.write(`${JSON.stringify({ outcome, fingerprint: facts.fingerprint })}\n`);
