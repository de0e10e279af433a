/** Lets a process kill itself in the middle of what it does, where no signal from outside would hit so exactly. */
import fs from 'node:fs';
import { ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { kill, pid } from 'node:process';
import { StatementSync } from 'node:sqlite';

/** What a registry is doing when it dies: a call of the file system, a transaction's end, an answer to a client. */
export const DEATH_MOMENTS = ['commit', 'rename', 'write', 'unlink', 'create', 'answer'] as const;

/** When a process shall die. */
export interface DeathPlan {
  readonly moment: (typeof DEATH_MOMENTS)[number];
  /** `before`: what the moment is about was not begun; `after`: it was done, but nobody in the process knows yet. */
  readonly side: 'before' | 'after';
  /** Of how many such moments it is the last, counted from 1. */
  readonly count: number;
}

/** Which calls make a moment. */
const PLACES: Readonly<Record<DeathPlan['moment'], { readonly target: object; readonly name: string }>> = {
  commit: { target: StatementSync.prototype, name: 'run' },
  rename: { target: fs, name: 'rename' },
  write: { target: fs, name: 'writev' },
  unlink: { target: fs, name: 'unlink' },
  create: { target: fs, name: 'open' },
  answer: { target: ServerResponse.prototype, name: 'end' },
};

/** From now on the moments are counted. */
export function arrangeDeath({ moment, side, count }: DeathPlan): void {
  let left = count;
  const { target, name } = PLACES[moment];
  const original = callOf(target, name);
  const replacement = function (this: unknown, ...parameters: unknown[]): unknown {
    const isDue = counts(moment, this) && --left === 0;
    if (isDue && side === 'before') die();
    if (!isDue) return Reflect.apply(original, this, parameters);
    const last = parameters.at(-1);
    const isAsynchronous = target === fs && typeof last === 'function';
    const result = Reflect.apply(original, this, isAsynchronous ? [...parameters.slice(0, -1), die] : parameters);
    if (!isAsynchronous) die();
    return result;
  };
  Object.defineProperty(target, name, { value: replacement, configurable: true, writable: true });
  syncBuiltinESMExports();
}

function callOf(target: object, name: string): (...parameters: unknown[]) => unknown {
  const found: unknown = Reflect.get(target, name);
  if (!isCall(found)) throw new Error(`There is no call ${name}.`);
  return found;
}

function isCall(value: unknown): value is (...parameters: unknown[]) => unknown {
  return typeof value === 'function';
}

function counts(moment: DeathPlan['moment'], self: unknown): boolean {
  return moment !== 'commit' || (self instanceof StatementSync && self.sourceSQL === 'COMMIT');
}

function die(): void {
  kill(pid, 'SIGKILL');
}
