/** Replaying notes: every block of commands is run as it is written, but for what a table replaces, or is listed with why not. */
import { expect } from 'vitest';

/** A block of notes. */
export interface Block {
  readonly id: string;
  readonly kind: 'sh' | 'url' | 'output' | 'prompt' | 'toml' | 'yaml' | 'json' | 'starlark';
  readonly text: string;
}

/** One thing that is replaced before a block is run. */
export interface Substitution {
  readonly block: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Blocks that are not run, each with why. */
export type NotRun = Readonly<Record<string, string>>;

/** Hands out blocks, and remembers which. */
export interface Replay {
  /** A block's command with what is replaced in it. @throws when there is no such block, or nothing to replace in it */
  command(id: string): string;
  /** What a block shows; reading it counts as comparing with it. */
  output(id: string): string;
  /** Fails when a block is neither run nor listed, is both, or a substitution is of no use. */
  expectWhole(): void;
}

/** Makes a replay. */
export function createReplay(blocks: readonly Block[], substitutions: readonly Substitution[], notRun: NotRun): Replay {
  const used = new Set<string>();
  const find = (id: string, isOutput: boolean): Block => {
    const block = blocks.find((one) => one.id === id && (one.kind === 'output') === isOutput);
    if (block === undefined) throw new Error(`There is no block ${id}${isOutput ? ' of output' : ''}.`);
    used.add(keyOf(block));
    return block;
  };
  return {
    command(id) {
      const { text } = find(id, false);
      return substitutions
        .filter(({ block }) => block === id)
        .reduce((line, { from, to }) => {
          if (!line.includes(from)) throw new Error(`${id} has no ${from} to replace.`);
          return line.replaceAll(from, to);
        }, text);
    },
    output: (id) => find(id, true).text,
    expectWhole() {
      const listed = new Set(Object.keys(notRun));
      const forgotten = blocks.map(keyOf).filter((key) => !used.has(key) && !listed.has(key));
      expect.soft(forgotten, 'neither run nor listed').toEqual([]);
      expect
        .soft(
          [...listed].filter((key) => used.has(key)),
          'listed, and run all the same',
        )
        .toEqual([]);
      const keys = new Set(blocks.map(keyOf));
      expect
        .soft(
          [...listed].filter((key) => !keys.has(key)),
          'listed, and not a block',
        )
        .toEqual([]);
      const strays = substitutions.filter(({ block }) => !used.has(block)).map(({ block }) => block);
      expect.soft(strays, 'replaced, and not run').toEqual([]);
      for (const { block, reason } of substitutions) expect.soft(reason, block).toMatch(/\.$/);
      for (const [key, reason] of Object.entries(notRun)) expect.soft(reason, key).toMatch(/\.$/);
    },
  };
}

/** A command and what it prints have one id. */
function keyOf({ id, kind }: Block): string {
  return kind === 'output' ? `${id} output` : id;
}
