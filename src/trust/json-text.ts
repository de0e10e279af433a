/** Changes one entry in the text of a JSON file, and no other byte of it. Pure. */

/** Where a member of an object stands in a text. */
interface Member {
  readonly key: string;
  /** From its key on. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** An object in a text: its members, and its two braces. */
interface Extent {
  readonly start: number;
  readonly members: readonly Member[];
  /** The closing brace. */
  readonly end: number;
}

const INDENT = '\t';
const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * Sets an entry of an object within the outermost object, both made where they are missing.
 * @param text an object in JSON, or nothing
 * @param value undefined: the entry goes, and what was made only for it with it
 * @returns the text; as it was when nothing changes
 */
export function setEntry(text: string, [section, key]: readonly [string, string], value: unknown): string {
  const file = text.trim() === '' ? '{}\n' : text;
  const outer = readObject(file, file.indexOf('{'));
  const found = outer.members.find((member) => member.key === section);
  if (found === undefined) return value === undefined ? text : setMember(file, outer, section, { [key]: value });
  if (file[found.valueStart] !== '{')
    return value === undefined ? text : setMember(file, outer, section, { [key]: value });
  const inner = readObject(file, found.valueStart);
  const isThere = inner.members.some((member) => member.key === key);
  if (value !== undefined) return setMember(file, inner, key, value);
  if (!isThere) return text;
  return inner.members.length === 1 ? removeMember(file, outer, section) : removeMember(file, inner, key);
}

function setMember(text: string, object: Extent, key: string, value: unknown): string {
  const step = /\n([ \t]+)"/.exec(text)?.[1] ?? INDENT;
  const member = object.members.find((one) => one.key === key);
  const isFlat = object.members.length > 0 && !text.slice(object.start, object.end).includes('\n');
  const lead = indentAt(text, object.start);
  const write = (what: unknown) => (isFlat ? JSON.stringify(what) : indented(what, lead + step, step));
  if (member !== undefined) {
    const before = text.slice(member.valueStart, member.end);
    const isSame = JSON.stringify(JSON.parse(before)) === JSON.stringify(value);
    return isSame ? text : text.slice(0, member.valueStart) + write(value) + text.slice(member.end);
  }
  const entry = `${JSON.stringify(key)}:${isFlat ? '' : ' '}${write(value)}`;
  const last = object.members.at(-1);
  if (last !== undefined) {
    const gap = isFlat ? '' : `\n${lead}${step}`;
    return `${text.slice(0, last.end)},${gap}${entry}${text.slice(last.end)}`;
  }
  return `${text.slice(0, object.start)}{\n${lead}${step}${entry}\n${lead}}${text.slice(object.end + 1)}`;
}

function removeMember(text: string, { start, members, end }: Extent, key: string): string {
  const index = members.findIndex((member) => member.key === key);
  const [before, member, after] = [members[index - 1], members[index], members[index + 1]];
  if (member === undefined) return text;
  if (before !== undefined) return text.slice(0, before.end) + text.slice(member.end);
  if (after !== undefined) return text.slice(0, member.start) + text.slice(after.start);
  return `${text.slice(0, start)}{}${text.slice(end + 1)}`;
}

function indented(value: unknown, lead: string, step: string): string {
  return JSON.stringify(value, undefined, step).replaceAll('\n', `\n${lead}`);
}

/** What stands before the first word of the line. */
function indentAt(text: string, index: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', index) + 1))?.[0] ?? '';
}

/** @param start where its brace opens, in a text that is known to be JSON */
function readObject(text: string, start: number): Extent {
  const members: Member[] = [];
  let index = skip(BLANK, text, start + 1);
  while (text[index] === '"') {
    const keyEnd = skip(STRING, text, index);
    const valueStart = skip(BLANK, text, skip(BLANK, text, keyEnd) + 1);
    const end = endOfValue(text, valueStart);
    members.push({ key: String(JSON.parse(text.slice(index, keyEnd))), start: index, valueStart, end });
    index = skip(BLANK, text, end);
    if (text[index] === ',') index = skip(BLANK, text, index + 1);
  }
  return { start, members, end: index };
}

function endOfValue(text: string, start: number): number {
  const first = text[start] ?? '';
  if (first === '"') return skip(STRING, text, start);
  if (first !== '{' && first !== '[') return skip(SCALAR, text, start);
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const sign = text[index] ?? '';
    if (sign === '"') index = skip(STRING, text, index) - 1;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    if (depth === 0) return index + 1;
  }
  return text.length;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
