/** Lists of one reference a line, as `rancher-images.txt` is one. */
import { type ImageList, imageJob } from './image-list.ts';

/** Something that could be a reference, with the transport that skopeo writes before it. */
const REFERENCE = /^(?:docker:\/\/)?[a-zA-Z0-9][\w.:/@+-]*$/;

/** Whether every line that is neither empty nor a comment could be a reference. */
export function isPlainList(text: string): boolean {
  return linesOf(text).every((line) => REFERENCE.test(line));
}

/** Reads the list. */
export function readPlainList(text: string): ImageList {
  const references = [...new Set(linesOf(text))];
  return { kind: 'list', jobs: references.map((line) => imageJob(line)), registries: new Map(), warnings: [] };
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}
