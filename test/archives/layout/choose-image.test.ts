/** Which image of a layout is meant is told as containers/image tells it. */
import { describe, expect, it } from 'vitest';
import { chooseImage, findImage } from '../../../src/archives/layout/choose-image.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../../src/oci/media-types.ts';

function entry(content: string, refName?: string, fullName?: string): Descriptor {
  const annotations = {
    ...(refName !== undefined && { 'org.opencontainers.image.ref.name': refName }),
    ...(fullName !== undefined && { 'io.containerd.image.name': fullName }),
  };
  return { mediaType: OCI_MANIFEST, digest: digestOf(content), size: 1, annotations };
}

const choose = (entries: readonly Descriptor[], reference?: string, index?: number) =>
  chooseImage(entries, { reference, index }, 'here');

const [one, two] = [entry('one', '1', 'docker.io/library/app:1'), entry('two', '2', 'localhost:5001/team/app:2')];
const signature = entry('signature', `${one.digest.replace(':', '-')}.sig`);
const list = entry('list', one.digest.replace(':', '-'));
const bill: Descriptor = { ...entry('bill'), artifactType: 'application/x.sbom' };

describe('an image is found', () => {
  it.each([
    ['by its short name', '2', two],
    ['by its full name', 'localhost:5001/team/app:2', two],
    ['by a name with things left out', 'app:1', one],
    ['by its digest', two.digest, two],
    ['by the tag it is attached by', signature.annotations?.['org.opencontainers.image.ref.name'] ?? '', signature],
  ])('%s', (_how, reference, expected) => {
    expect(choose([one, two, signature], reference)).toBe(expected);
  });

  it('by its number', () => expect(choose([one, two], undefined, 1)).toBe(two));
  it('as the only one', () => expect(choose([one])).toBe(one));
  it('as the only one, attached though it be', () => expect(choose([bill])).toBe(bill));
  it('as the only one beside what is attached', () => expect(choose([signature, list, bill, one])).toBe(one));
  it('as the only one, under several names', () => {
    expect(choose([one, entry('one', 'latest')])).toBe(one);
  });
  it('first, where a name is there twice', () => {
    const twice = [entry('a', '1'), entry('b', '1')];
    expect(choose(twice, '1')).toBe(twice[0]);
  });
  it('below another, for all that is known of a digest', () => {
    expect(choose([one], digestOf('child'))).toBeUndefined();
  });
});

describe('none is found', () => {
  it.each<[string, readonly Descriptor[], string | undefined, number | undefined]>([
    ['by a name nobody has', [one, two], '3', undefined],
    ['by a number too high', [one, two], undefined, 2],
    ['where there is none', [], undefined, undefined],
  ])('%s', (_how, entries, reference, index) => {
    expect(() => choose(entries, reference, index)).toThrow(expect.objectContaining({ code: 'IMAGE_NOT_FOUND' }));
  });

  it('where there are two, which are named', () => {
    expect(() => choose([one, two])).toThrow(
      expect.objectContaining({ code: 'IMAGE_AMBIGUOUS', hint: expect.stringContaining('localhost:5001/team/app:2') }),
    );
  });
});

describe("an image of Docker's list", () => {
  it('is the one of its name', () => expect(findImage([one, two], ['localhost:5001/team/app:2'], false)).toBe(two));
  it('is the only one of both lists, whatever it is called', () => expect(findImage([one, bill], [], true)).toBe(one));
  it('is not guessed', () => {
    expect(findImage([one, two], [], true)).toBeUndefined();
    expect(findImage([one], ['other:1'], false)).toBeUndefined();
  });
});
