/** Trouble that a process makes for itself: it dies where no signal from outside would hit so exactly, or its disk is slow. */
import fs from 'node:fs';
import { ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { kill, pid } from 'node:process';
import { StatementSync } from 'node:sqlite';

/** What a registry is doing when it dies: a call of the file system, a transaction's end, an answer to a client. */
export const DEATH_MOMENTS = ['commit', 'rename', 'writev', 'unlink', 'open', 'answer'] as const;

/** Calls of the file system that can be slow. */
export const SLOW_CALLS = ['rename', 'writev', 'unlink', 'open', 'fdatasync'] as const;

/** When a process shall die. */
export interface Death {
  readonly moment: (typeof DEATH_MOMENTS)[number];
  /** `before`: what the moment is about was not begun; `after`: it was done, but nobody in the process knows yet. */
  readonly side: 'before' | 'after';
  /** Of how many such moments it is the last, counted from 1. */
  readonly count: number;
}

/** How long a call is held up, in milliseconds, before it begins. */
export interface Slowness {
  readonly call: (typeof SLOW_CALLS)[number];
  readonly delay: number;
}

/** What shall go wrong. */
export interface Trouble {
  readonly death?: Death | undefined;
  readonly slowness?: Slowness | undefined;
}

type Call = (...parameters: unknown[]) => unknown;

/** Begins the trouble; moments are counted from now on. */
export function arrangeTrouble({ death, slowness }: Trouble): void {
  if (slowness !== undefined) arrangeSlowness(slowness);
  if (death !== undefined) arrangeDeath(death);
}

function arrangeSlowness({ call, delay }: Slowness): void {
  replace(
    fs,
    call,
    (original) =>
      (...parameters) =>
        void setTimeout(() => original(...parameters), delay),
  );
}

function arrangeDeath({ moment, side, count }: Death): void {
  let left = count;
  const isDue = (): boolean => --left === 0;
  if (moment === 'answer') dieAround(ServerResponse.prototype, 'end', side, isDue);
  else if (moment === 'commit') dieAround(StatementSync.prototype, 'run', side, (self) => isCommit(self) && isDue());
  else dieAroundFile(moment, side, isDue);
}

function isCommit(self: unknown): boolean {
  return self instanceof StatementSync && self.sourceSQL === 'COMMIT';
}

function dieAround(target: object, name: string, side: Death['side'], isDue: (self: unknown) => boolean): void {
  replace(target, name, (original) => {
    return function (this: unknown, ...parameters) {
      const isNow = isDue(this);
      if (isNow && side === 'before') die();
      const result = Reflect.apply(original, this, parameters);
      if (isNow) die();
      return result;
    };
  });
}

/** Such a call is over when its last parameter is called. */
function dieAroundFile(name: string, side: Death['side'], isDue: () => boolean): void {
  replace(fs, name, (original) => (...parameters) => {
    if (!isDue()) return original(...parameters);
    if (side === 'before') die();
    return original(...parameters.slice(0, -1), die);
  });
}

function replace(target: object, name: string, wrap: (original: Call) => Call): void {
  const found: unknown = Reflect.get(target, name);
  if (!isCall(found)) throw new Error(`There is no call ${name}.`);
  Object.defineProperty(target, name, { value: wrap(found), configurable: true, writable: true });
  syncBuiltinESMExports();
}

function isCall(value: unknown): value is Call {
  return typeof value === 'function';
}

function die(): void {
  kill(pid, 'SIGKILL');
}
