/** The worker thread that does checkpoints, seen from the thread that asks for them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** `copy`: from the log into the database file, beside writers. `start-over`: copies the rest while nobody writes. */
export type CheckpointStep = 'copy' | 'start-over';

/** What the thread answers to a step. */
export type CheckpointAnswer = { readonly done: true } | { readonly failure: string };

/** The worker lies beside this file, or, in a bundle, beside the bundle. */
const WORKER = new URL(`./checkpoint-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Without any listener a worker's error would end the process; the step that is under way has one of its own. */
const IS_SEEN_BY_THE_STEP = (): void => {};

/** A thread that is started by the first step and started anew after it died. One step at a time. */
export class CheckpointThread implements AsyncDisposable {
  readonly #path: string;
  #worker: Worker | undefined;

  /** @param path the database's file */
  constructor(path: string) {
    this.#path = path;
  }

  /** Does a step; throws when SQLite refused or the thread died. */
  async run(step: CheckpointStep): Promise<void> {
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    try {
      const answer = nextAnswer(worker);
      worker.postMessage(step);
      const result = await answer;
      if ('failure' in result) throw new Error(`A checkpoint of the metadata failed: ${result.failure}`);
    } finally {
      worker.unref();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    const exited = once(worker, 'exit');
    worker.postMessage('close');
    await exited;
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { workerData: this.#path, execArgv: [], name: 'metadata-checkpoint' });
    worker.once('exit', () => {
      this.#worker = undefined;
    });
    worker.on('error', IS_SEEN_BY_THE_STEP);
    return worker;
  }
}

async function nextAnswer(worker: Worker): Promise<CheckpointAnswer> {
  const answered = Promise.withResolvers<CheckpointAnswer>();
  const onExit = (code: number): void => answered.reject(new Error(`The checkpoint thread ended with ${code}.`));
  worker.once('message', answered.resolve);
  worker.once('error', answered.reject);
  worker.once('exit', onExit);
  try {
    return await answered.promise;
  } finally {
    worker.off('message', answered.resolve);
    worker.off('error', answered.reject);
    worker.off('exit', onExit);
  }
}
