/** Permission rules as columns of text. */
import type { Action, PermissionRule } from '../../core/account-metadata.ts';

/** Every action. A Map, so that an unknown word finds nothing. */
const ACTIONS: ReadonlyMap<unknown, Action> = new Map<unknown, Action>([
  ['pull', 'pull'],
  ['push', 'push'],
  ['delete', 'delete'],
  ['admin', 'admin'],
]);

/** Writes actions as a JSON list. */
export function writeActions(actions: readonly Action[]): string {
  return JSON.stringify(actions);
}

/** The opposite of `writeActions`. */
export function readActions(text: string): Action[] {
  return toActions(JSON.parse(text));
}

/** Writes rules as a JSON list; no limits at all as NULL. */
export function writeLimits(limits: readonly PermissionRule[] | undefined): string | null {
  if (limits === undefined) return null;
  return JSON.stringify(limits.map(({ pattern, actions }) => ({ pattern, actions })));
}

/** The opposite of `writeLimits`. Throws rather than reading a limit as none. */
export function readLimits(text: string | undefined): PermissionRule[] | undefined {
  if (text === undefined) return undefined;
  const limits: unknown = JSON.parse(text);
  if (!Array.isArray(limits)) throw new TypeError('The column limits does not hold a list.');
  return limits.map(toRule);
}

function toRule(value: unknown): PermissionRule {
  const isRule = typeof value === 'object' && value !== null && 'pattern' in value && 'actions' in value;
  if (!isRule || typeof value.pattern !== 'string') throw new TypeError('The column limits does not hold rules.');
  return { pattern: value.pattern, actions: toActions(value.actions) };
}

/** An action that this version does not know grants nothing here. */
function toActions(value: unknown): Action[] {
  if (!Array.isArray(value)) throw new TypeError('A permission rule does not hold a list of actions.');
  return value.map((word) => ACTIONS.get(word)).filter((action) => action !== undefined);
}
