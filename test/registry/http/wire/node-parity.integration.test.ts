/** Our own reader and Node's give the same answers to the same bytes, well-formed or not, however they arrive. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { env } from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegistryError } from '../../../../src/registry/core/registry-error.ts';
import type { Exchange } from '../../../../src/registry/http/exchange.ts';
import type { HttpMessage } from '../../../../src/registry/http/http-message.ts';
import { createNodeServer } from '../../../../src/registry/http/node-server.ts';
import { type ListeningServer, listen } from '../../../../src/registry/http/server.ts';
import { inTurns } from '../../../../src/registry/http/turns.ts';
import { type RequestSequence, drawSequence } from '../../../support/request-sequences.ts';
import { seededRandom } from '../../../torture/seeded-random.ts';

/** What a request was understood to be. */
async function understand(message: HttpMessage, invite: () => void): Promise<string> {
  const { method, url, httpVersion, headers } = message;
  const pieces: Buffer[] = [];
  const body = message.openBody(invite);
  if (url !== '/unread') for await (const batch of body.stream()) pieces.push(Buffer.concat(batch));
  const content = Buffer.concat(pieces).toString('base64');
  return JSON.stringify({ method, url, httpVersion, headers, length: body.length ?? null, content });
}

const echo: Exchange = async (message, response, invite) => {
  let status = 200;
  const text = await understand(message, () => invite?.()).catch((error: unknown) => {
    status = 400;
    return error instanceof RegistryError ? error.reason : String(error);
  });
  const bytes = Buffer.from(text);
  response.writeHead(status, ['content-length', String(message.method === 'HEAD' ? 0 : bytes.length)]);
  if (message.method === 'HEAD') response.end();
  else response.end(bytes);
  message.leaveBody();
};

/** One answer: its status, and what was understood unless it is a refusal. */
type Answer = readonly [status: number, text: string];

/** Sends the pieces, and reads until the server ends the connection. */
async function answersTo({ bytes, cuts }: RequestSequence, port: number): Promise<readonly Answer[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece)).on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('end', resolve).once('close', () => resolve()));
  await once(socket, 'connect');
  const ends = [...cuts, bytes.length];
  for (const [at, end] of ends.entries()) {
    socket.write(bytes.subarray(ends[at - 1] ?? 0, end));
    for (let turn = 0; turn < 3; turn++) await nextTurn();
  }
  await closed;
  socket.destroy();
  // Node writes the invitation to a pipelined request into the middle of its answer.
  const text = Buffer.concat(pieces).toString('latin1').replaceAll('HTTP/1.1 100 Continue\r\n\r\n', '');
  return readAnswers(text);
}

function readAnswers(text: string): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n\r\n', at) + 4;
    if (end === 3) return [...answers, [0, text.slice(at)]];
    const head = text.slice(at, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const status = Number(head.slice(9, 12));
    const body = text.slice(end, end + length);
    at = end + length;
    answers.push([status, status < 400 ? body : '']);
  }
  return answers;
}

/**
 * What is wrong with our answers. Node reads ahead: when it comes to a malformed request, it may refuse in place of
 * answers it owes, or close without a word. We answer what came before, unless Node has taken over.
 */
function differenceOf(ours: readonly Answer[], nodes: readonly Answer[], isValid: boolean): string | undefined {
  const isRefused = nodes.at(-1)?.[0] === 400;
  const whole = isRefused ? nodes.slice(0, -1) : nodes;
  for (const [at, answer] of whole.entries()) {
    const mine = ours[at];
    if (!isValid && (mine === undefined || mine[0] === 400)) return undefined;
    if (String(mine) !== String(answer)) return `answer ${at} is ${String(mine)}, not ${String(answer)}`;
  }
  if (isRefused && ours.length >= nodes.length && ours.at(-1)?.[0] !== 400) return 'there is no refusal';
  return isValid && ours.length > nodes.length ? `answers are too many: ${String(ours.at(-1))}` : undefined;
}

describe('our reader and Node’s', () => {
  let ours: ListeningServer;
  const echoInTurn = inTurns((exchange: Parameters<Exchange>) => void echo(...exchange));
  const node = createNodeServer((...exchange) => echoInTurn(exchange), 20_000);
  beforeAll(async () => {
    ours = await listen(echo, { host: '127.0.0.1', port: 0, tls: undefined, grace: () => 1_000 });
    node.server.on('connection', (socket) => node.serve(socket)).listen(0, '127.0.0.1');
    await once(node.server, 'listening');
  });
  afterAll(async () => {
    node.server.closeAllConnections();
    await Promise.all([ours[Symbol.asyncDispose](), node.server[Symbol.asyncDispose]()]);
  });

  it('understand the same, or refuse the same', async () => {
    const random = seededRandom(env['PARITY_SEED'] ?? 'parity');
    const { port } = node.server.address() as AddressInfo;
    const differences: object[] = [];
    let answers = 0;
    for (let round = 0; round < Number(env['PARITY_ROUNDS'] ?? 400); round++) {
      const sequence = drawSequence(random);
      const [mine, theirs] = await Promise.all([answersTo(sequence, ours.port), answersTo(sequence, port)]);
      const difference = differenceOf(mine, theirs, sequence.isValid);
      const sent = sequence.bytes.toString('latin1').replace(/(?:GET \/more[^]{21}){9,}/, '…');
      if (difference !== undefined) differences.push({ difference, sent, cuts: sequence.cuts });
      answers += theirs.length;
    }
    expect(differences).toEqual([]);
    expect(answers).toBeGreaterThan(400);
  });
});
