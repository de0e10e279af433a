/** Patterns of repository names and of tags: which names they mean, and which patterns lie within others. Pure. */
import { REPOSITORY_NAME_MAX_LENGTH } from '../../oci/repository.ts';

/** Letters that names can have, and stars. */
const COMPONENT = /^(?:\*\*|[a-z0-9._*-]+)$/;
const TAGS = /^[\w.*-]{1,128}$/;

/**
 * Reads a pattern as people write it.
 * @returns the pattern, or undefined when no repository could ever match it
 */
export function parsePattern(text: string): string | undefined {
  if (text.length > REPOSITORY_NAME_MAX_LENGTH) return undefined;
  const isOne = text.split('/').every((part) => COMPONENT.test(part) && (part === '**' || !part.includes('**')));
  return isOne ? text : undefined;
}

/** Reads a pattern of tags. @returns the pattern, or undefined when no tag could ever match it */
export function parseTagPattern(text: string): string | undefined {
  return TAGS.test(text) ? text : undefined;
}

/** Whether a tag matches a pattern: `*` stands for any characters. */
export function matchesTag(pattern: string, tag: string): boolean {
  return matchComponent(pattern, tag);
}

/**
 * Whether all that a pattern can mean is meant by another one. A yes is certain; some patterns that lie within another
 * are not recognised.
 */
export function coversPattern(outer: string, inner: string): boolean {
  return coversComponents(outer.split('/'), inner.split('/'));
}

function coversComponents(outer: readonly string[], inner: readonly string[]): boolean {
  const [first, ...rest] = outer;
  if (first === undefined) return inner.length === 0;
  if (first === '**' && rest.length === 0) return true;
  const [component, ...others] = inner;
  if (component === undefined) return false;
  const isCovered = first === component || (first !== '**' && component !== '**' && coversStars(first, component));
  return isCovered && coversComponents(rest, others);
}

/** A star of the inner one is a character like others to the outer one, which only a star of its own can mean. */
function coversStars(outer: string, inner: string): boolean {
  return matchComponent(outer, inner);
}

/**
 * Whether a repository matches a pattern: `**` stands for any number of components, `*` for any characters within one.
 */
export function matchesPattern(pattern: string, repository: string): boolean {
  if (pattern === '**' || pattern === repository) return true;
  if (!pattern.includes('*')) return false;
  return matchComponents(pattern.split('/'), repository.split('/'));
}

/** Each `**` is tried at every place once, so the cost is the product of both lengths and never more. */
function matchComponents(pattern: readonly string[], components: readonly string[]): boolean {
  let reachable = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    for (const position of reachable) {
      if (part === '**') for (let index = position; index <= components.length; index++) next.add(index);
      else if (position < components.length && matchComponent(part, components[position] ?? '')) next.add(position + 1);
    }
    reachable = next;
  }
  return reachable.has(components.length);
}

function matchComponent(pattern: string, component: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === component;
  const [head = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!component.startsWith(head) || !component.endsWith(last) || component.length < head.length + last.length)
    return false;
  let position = head.length;
  for (const piece of rest) {
    const found = component.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= component.length - last.length;
}
