/** How the parts of registries lie in the text of a file, form by form. Pure. */
import { addToList, readList, takeFromList } from './json-list.ts';
import type { FormName } from './target.ts';

/** What one registry has in a file. */
export interface FilePart {
  readonly registry: string;
  readonly text: string;
}

/** A way for parts to lie in a file. */
export interface FileForm {
  /** Whether a text is one that parts can be added to. */
  accepts(text: string): boolean;
  /** Whether somebody has written the same already, in their own way. */
  holds(text: string, part: FilePart): boolean;
  /** @param original what was there before; undefined: no file */
  add(original: string | undefined, parts: readonly FilePart[]): string;
  /** Takes parts out of a text that others may have changed since. @returns undefined when nothing is left of it */
  take(text: string, parts: readonly FilePart[]): string | undefined;
}

/** The key of Docker's settings that names registries to be believed without a certificate (S1-11). */
const INSECURE = 'insecure-registries';

/** The whole file is the part, the same for every registry that has one in it. */
const WHOLE: FileForm = {
  accepts: () => false,
  holds: (text, part) => text === part.text,
  add: (original, parts) => parts.at(-1)?.text ?? original ?? '',
  take: (text, parts) => (parts.some((part) => part.text === text) ? undefined : text),
};

const JSON_LIST: FileForm = {
  accepts: (text) => text.trim() === '' || readList(text, INSECURE) !== 'other',
  holds(text, part) {
    const list = text.trim() === '' ? undefined : readList(text, INSECURE);
    return Array.isArray(list) && list.includes(part.text);
  },
  add(original = '', parts) {
    const added = parts.map(({ text }) => text);
    return original.trim() === '' ? addToList('{}\n', INSECURE, added) : addToList(original, INSECURE, added);
  },
  take(text, parts) {
    if (readList(text, INSECURE) === 'other') return text;
    return takeFromList(
      text,
      INSECURE,
      parts.map((part) => part.text),
    );
  },
};

const BLOCKS: FileForm = {
  accepts: () => true,
  holds: (text, part) => text.includes(part.text),
  add(original = '', parts) {
    const start = original === '' || original.endsWith('\n') ? original : `${original}\n`;
    return parts.reduce((text, part) => `${text}${blockOf(part)}`, start);
  },
  take(text, parts) {
    const left = parts.reduce((rest, part) => rest.replace(blockOf(part), () => ''), text);
    return left === '' ? undefined : left;
  },
};

export const FORMS: Readonly<Record<FormName, FileForm>> = { whole: WHOLE, 'json-list': JSON_LIST, blocks: BLOCKS };

/** The marks tell people whose the lines are, and `untrust` where they end. */
function blockOf({ registry, text }: FilePart): string {
  return `# devreg trust ${registry}\n${text}# devreg end ${registry}\n`;
}
