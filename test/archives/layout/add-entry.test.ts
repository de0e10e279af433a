/** The list of a layout has each name once. */
import { describe, expect, it } from 'vitest';
import { addEntry, type NewEntry } from '../../../src/archives/layout/add-entry.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../../src/oci/media-types.ts';

function entry(content: string, refName?: string, fullName?: string): NewEntry {
  return { descriptor: { mediaType: OCI_MANIFEST, digest: digestOf(content), size: 1 }, refName, fullName };
}

/** The list as contents and names. */
function build(...added: readonly NewEntry[]): readonly string[] {
  const contents = new Map(['a', 'b', 'c'].map((content) => [digestOf(content), content]));
  const tell = ({ digest, annotations = {} }: Descriptor) =>
    [contents.get(digest), ...Object.values(annotations)].join(' ');
  return added.reduce(addEntry, [] as readonly Descriptor[]).map(tell);
}

describe('an image that is added', () => {
  it('stands at the end', () => {
    expect(build(entry('a', '1'), entry('b', '2'))).toEqual(['a 1', 'b 2']);
  });

  it('takes its name, and the place, from whatever had it', () => {
    expect(build(entry('a', '1'), entry('b', '2'), entry('c', '1'))).toEqual(['c 1', 'b 2']);
  });

  it('stands there for each of its names', () => {
    expect(build(entry('a', '1'), entry('a', '2'), entry('a', '1'))).toEqual(['a 1', 'a 2']);
  });

  it('gets a name it did not have', () => {
    expect(build(entry('a'), entry('b'), entry('a', '1'))).toEqual(['a 1', 'b']);
  });

  it('without a name is there once, and keeps the names it has', () => {
    expect(build(entry('a'), entry('a'))).toEqual(['a']);
    expect(build(entry('a', '1'), entry('a', '2'), entry('a'))).toEqual(['a 1', 'a 2']);
  });

  it('is told from others by its full name where both have one', () => {
    const [one, other] = [entry('a', '1', 'here/app:1'), entry('b', '1', 'there/app:1')];
    expect(build(one, other)).toEqual(['a here/app:1 1', 'b there/app:1 1']);
    expect(build(one, other, entry('c', '1', 'here/app:1'))).toEqual(['c here/app:1 1', 'b there/app:1 1']);
    expect(build(one, entry('c', '1'))).toEqual(['c 1']);
  });
});
