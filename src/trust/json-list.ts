/** Puts elements into a list of texts in a JSON file, and takes them out, changing no other byte. Pure. */

/** Where something stands in a text: from the first character on, up to the second, that one left out. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The list under a key of the outermost object.
 * @returns undefined when the key is missing; `other` when the text is no object, or the value no list of texts
 */
export function readList(text: string, key: string): readonly string[] | 'other' | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'other';
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'other';
  const value = Object.hasOwn(json, key) ? Object.entries(json).find(([name]) => name === key)?.[1] : undefined;
  if (value === undefined) return undefined;
  return Array.isArray(value) && value.every((element) => typeof element === 'string') ? value : 'other';
}

/** Adds elements behind the others, the list where it is missing. @param text an object, as `readList` knows it */
export function addToList(text: string, key: string, elements: readonly string[]): string {
  if (elements.length === 0) return text;
  const object = outermost(text);
  const list = findValue(text, object, key);
  const written = elements.map((element) => JSON.stringify(element));
  if (list !== undefined) return insertBehind(text, list, childrenOf(text, list), written, ' ');
  return insertBehind(
    text,
    object,
    childrenOf(text, object),
    [`${JSON.stringify(key)}: [${written.join(', ')}]`],
    '\n',
  );
}

/** Takes elements out, and the list with its key when nothing is left in it. @param text as in `addToList` */
export function takeFromList(text: string, key: string, elements: readonly string[]): string {
  const object = outermost(text);
  const list = findValue(text, object, key);
  if (list === undefined) return text;
  const children = childrenOf(text, list);
  const isTaken = (child: Span) => elements.includes(String(JSON.parse(text.slice(child.start, child.end))));
  if (!children.some(isTaken)) return text;
  if (!children.every(isTaken)) return removeSpans(text, list, children, children.filter(isTaken));
  const members = childrenOf(text, object);
  return removeSpans(
    text,
    object,
    members,
    members.filter((member) => member.end === list.end),
  );
}

function insertBehind(
  text: string,
  { start, end }: Span,
  children: readonly Span[],
  written: readonly string[],
  usual: string,
): string {
  const [first] = children;
  const last = children.at(-1);
  if (first === undefined || last === undefined) {
    const inner = usual === '\n' ? `\n  ${written.join(',\n  ')}\n` : written.join(', ');
    return `${text.slice(0, start + 1)}${inner}${text.slice(end - 1)}`;
  }
  // As the first is set apart from its bracket, so are these from each other.
  const gap = text.slice(start + 1, first.start) || ' ';
  const more = written.map((one) => `,${gap}${one}`).join('');
  return `${text.slice(0, last.end)}${more}${text.slice(last.end)}`;
}

/** Removes some of the children of a list or object, each with one of the commas beside it. */
function removeSpans(text: string, parent: Span, children: readonly Span[], taken: readonly Span[]): string {
  const kept = children.filter((child) => !taken.includes(child));
  const [first] = children;
  const last = children.at(-1);
  if (first === undefined || last === undefined) return text;
  if (kept.length === 0) return `${text.slice(0, parent.start + 1)}${text.slice(parent.end - 1)}`;
  let result = text.slice(0, first.start);
  for (const [index, child] of kept.entries()) {
    const before = children[children.indexOf(child) - 1];
    if (index > 0 && before !== undefined) result += text.slice(before.end, child.start);
    result += text.slice(child.start, child.end);
  }
  return result + text.slice(last.end);
}

/** Of a key that stands there twice, the last one counts, for JSON.parse as for Docker. */
function findValue(text: string, object: Span, key: string): Span | undefined {
  const members = childrenOf(text, object).map((member) => {
    const name = stringAt(text, member.start);
    const colon = text.indexOf(':', name.end);
    return {
      name: JSON.parse(text.slice(name.start, name.end)) as string,
      start: skipBlank(text, colon + 1),
      end: member.end,
    };
  });
  return members.findLast(({ name }) => name === key);
}

function outermost(text: string): Span {
  return { start: skipBlank(text, 0), end: text.trimEnd().length };
}

/** What stands between the commas of a list or object. The text is valid JSON. */
function childrenOf(text: string, { start, end }: Span): Span[] {
  const children: Span[] = [];
  let at = skipBlank(text, start + 1);
  while (at < end - 1) {
    const child = { start: at, end: endOf(text, at, end - 1) };
    children.push(child);
    at = skipBlank(text, skipBlank(text, child.end) + 1);
  }
  return children;
}

/** Where the value, or the member of an object, that begins at a place ends: its last character that is no blank. */
function endOf(text: string, from: number, limit: number): number {
  let depth = 0;
  let at = from;
  while (at < limit) {
    const character = text[at] ?? '';
    if (character === '"') {
      at = stringAt(text, at).end;
      continue;
    }
    if (character === ',' && depth === 0) break;
    if ('[{'.includes(character)) depth++;
    if (']}'.includes(character)) depth--;
    at++;
  }
  return from + text.slice(from, at).trimEnd().length;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;

function stringAt(text: string, start: number): Span {
  STRING.lastIndex = start;
  return { start, end: start + (STRING.exec(text)?.[0].length ?? 1) };
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text[at] ?? 'x')) at++;
  return at;
}
