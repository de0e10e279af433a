/** Performs calls against a registry and compares their answers with what is possible. */
import { type Call, unchanged } from '../calls/call.ts';
import type { Contents } from '../contents/contents.ts';
import type { History } from '../history.ts';
import type { Promises } from '../model/promises.ts';
import type { Worlds } from '../model/worlds.ts';
import type { Random } from '../seeded-random.ts';
import { type Client, type Performed, type Performer, RefusedError } from './client.ts';
import type { HttpClient } from './http-client.ts';
import type { Upload } from './upload.ts';

/** What a client brings along from one life of the registry to the next. */
export interface Owner {
  readonly name: string;
  readonly random: Random;
  uploads: Upload[];
  sessions: number;
}

/** Who use a registry at a time. */
export function makeOwners(count: number, random: Random): Owner[] {
  return Array.from({ length: count }, (_, number) => ({
    name: `c${number}`,
    random: random.fork(`client ${number}`),
    uploads: [],
    sessions: 0,
  }));
}

/** What calls are performed on, and compared with. */
export interface Stage {
  readonly http: HttpClient;
  readonly worlds: Worlds;
  readonly promises: Promises;
  readonly history: History;
  readonly contents: Contents;
  /** Called after each answer. */
  readonly onAnswer?: () => void;
  /** What requests that need space may be answered besides, without having done anything. */
  readonly refusal?: { readonly text: string; readonly noted: () => void };
}

/** Makes a client whose calls meet those of others. */
export function clientOf(
  owner: Owner,
  { http, worlds, promises, history, contents, onAnswer, refusal }: Stage,
): Client {
  const perform = performerOf(http, (text) => history.add(owner.name, text));
  /** What was asked without waiting for an answer, as it was put to the worlds. */
  const unanswered = new Map<Call, Call>();
  return {
    random: owner.random,
    contents,
    http,
    uploads: owner.uploads,
    mayBeRefused: refusal !== undefined,
    note: (text) => history.add(owner.name, text),
    nameSession: () => `${owner.name}-upload-${++owner.sessions}`,
    async perform(call) {
      const collectable = promises.questionOf(call);
      const question = refusal === undefined ? collectable : refusable(collectable, refusal.text);
      const asked = performance.now();
      worlds.begin(question);
      const performed = await perform(call);
      worlds.answer(question, performed.text);
      promises.note(call, performed.text, asked);
      onAnswer?.();
      if (performed.text !== refusal?.text) return performed;
      refusal.noted();
      throw new RefusedError(call.text);
    },
    abandon: (call) => worlds.abandon(unanswered.get(call) ?? call),
    async performAndHangUp(call) {
      const question = promises.questionOf(call);
      unanswered.set(call, question);
      worlds.begin(question);
      history.add(owner.name, `${call.text}, hanging up`);
      await http.sendAndHangUp(call.sending);
    },
  };
}

/** Even asking for an upload may be refused, since it opens the upload's file, which is made when it is not there. */
function refusable(call: Call, refusal: string): Call {
  const { method, path } = call.sending;
  const isReading = method === 'HEAD' || (method === 'GET' && !path.includes('/blobs/uploads/'));
  return isReading ? call : { ...call, outcomes: (state) => [...call.outcomes(state), unchanged(state, refusal)] };
}

/** Performs calls while nothing else happens. What it sees is expected, and not worth a line in the history. */
export function quietPerformer(http: HttpClient, worlds: Worlds, promises: Promises): Performer {
  const perform = performerOf(http, () => undefined);
  return {
    async perform(call) {
      const question = promises.questionOf(call);
      const asked = performance.now();
      const performed = await perform(call);
      worlds.answer(question, performed.text);
      promises.note(call, performed.text, asked);
      return performed;
    },
  };
}

function performerOf(http: HttpClient, note: (text: string) => void): (call: Call) => Promise<Performed> {
  return async (call) => {
    note(call.text);
    const answer = await http.send(call.sending);
    const text = call.read(answer);
    note(`${call.text}: ${text}`);
    return { text, answer };
  };
}
