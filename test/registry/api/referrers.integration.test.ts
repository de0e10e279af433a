/** The wire, "Pushing Manifests with Subject" and "Listing Referrers". */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import {
  CONFIG,
  type Content,
  EMPTY,
  descriptorOf,
  image,
  index,
  pushBlob,
  pushManifest,
} from '../../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../../support/registry-server.ts';
import type { WireReply } from '../../support/wire.ts';
import { converse } from '../../support/wire-table.ts';

const SBOM = 'application/vnd.example.sbom.v1';
const SIGNATURE = 'application/vnd.example.signature.v1+json';
const EMPTY_LIST = `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}\n`;
const subject = image([]);
const PATH = `/v2/a/referrers/${subject.digest}`;

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

async function startWithConfig(): Promise<MemoryRegistry> {
  const registry = await startRegistry();
  await pushBlob(registry, 'a', CONFIG);
  return registry;
}

function descriptorsIn(reply: WireReply): readonly Descriptor[] {
  return (JSON.parse(reply.text) as { readonly manifests: readonly Descriptor[] }).manifests;
}

const byDigest = (contents: readonly Content[]) => contents.map(({ digest }) => digest).toSorted();

/** Follows Links. @returns the pages */
async function pagesFrom(registry: MemoryRegistry, first: string): Promise<WireReply[]> {
  const pages: WireReply[] = [];
  for (let path: string | undefined = first; path !== undefined;) {
    const page = await converse(registry, [{ ask: `GET ${path}`, status: 200, has: { 'content-type': OCI_INDEX } }]);
    pages.push(page);
    path = /^<([^>]+)>; rel="next"$/.exec(String(page.headers['link'] ?? ''))?.[1];
  }
  return pages;
}

describe('a manifest with a subject', () => {
  it('is told so, whether or not the subject is there', async () => {
    await using registry = await startWithConfig();
    const has = { 'oci-subject': subject.digest };
    const later = image([], { subject });
    const list = index([], { subject, artifactType: SBOM });
    await converse(registry, [
      { ask: 'PUT /v2/a/manifests/x', headers: { 'content-type': OCI_MANIFEST }, body: later.bytes, status: 201, has },
      {
        ask: `PUT /v2/a/manifests/${list.digest}`,
        headers: { 'content-type': OCI_INDEX },
        body: list.bytes,
        status: 201,
        has,
      },
      {
        ask: `PUT /v2/a/manifests/${subject.digest}`,
        body: subject.bytes,
        status: 201,
        has: { 'oci-subject': undefined },
      },
    ]);
    const reply = await registry.send({ method: 'GET', path: PATH });
    expect(descriptorsIn(reply).map(({ digest }) => digest)).toEqual(byDigest([later, list]));
  });

  it('may have a sha512 subject, and may be one another’s', async () => {
    await using registry = await startWithConfig();
    const long = { ...subject, digest: digestOf(subject.bytes, 'sha512') };
    const first = image([], { subject: long });
    const second = image([], { subject: first });
    await pushManifest(registry, 'a', first);
    await pushManifest(registry, 'a', second);
    for (const [of, referrer] of [
      [long, first],
      [first, second],
    ] as const) {
      const reply = await registry.send({ method: 'GET', path: `/v2/a/referrers/${of.digest}` });
      expect(descriptorsIn(reply).map(({ digest }) => digest)).toEqual([referrer.digest]);
    }
  });
});

describe('the list of referrers', () => {
  it('describes each as the specification wants it', async () => {
    await using registry = await startWithConfig();
    await pushBlob(registry, 'a', EMPTY);
    const annotations = { 'org.example.a': '1', 'ü"\\\n': '\u0000' };
    const typed = image([], { subject, artifactType: SBOM, annotations, config: EMPTY });
    const untyped = image([], { subject });
    const emptyType = image([], { subject, artifactType: '', config: EMPTY });
    const list = index([], { subject, annotations });
    const typedList = index([], { subject, artifactType: SIGNATURE });
    const all = [typed, untyped, emptyType, list, typedList];
    for (const manifest of all) await pushManifest(registry, 'a', manifest);
    const expected = new Map<string, object>([
      [typed.digest, { ...descriptorOf(typed), artifactType: SBOM, annotations }],
      [untyped.digest, { ...descriptorOf(untyped), artifactType: OCI_CONFIG }],
      [emptyType.digest, { ...descriptorOf(emptyType), artifactType: OCI_EMPTY }],
      [list.digest, { ...descriptorOf(list), annotations }],
      [typedList.digest, { ...descriptorOf(typedList), artifactType: SIGNATURE }],
    ]);
    const manifests = byDigest(all).map((digest) => expected.get(digest));
    await converse(registry, [
      {
        ask: `GET ${PATH}`,
        status: 200,
        has: { 'content-type': OCI_INDEX, 'oci-filters-applied': undefined, link: undefined },
        is: { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
      },
      { ask: `HEAD ${PATH}`, status: 200, has: { 'content-type': OCI_INDEX } },
      {
        ask: `GET ${PATH.replace(':', '%3A')}`,
        status: 200,
        is: { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
      },
    ]);
  });

  it('is empty for what has none, in a repository that never was too', async () => {
    await using registry = await startWithConfig();
    const none = { status: 200, has: { 'content-type': OCI_INDEX, link: undefined }, is: EMPTY_LIST };
    await converse(registry, [
      { ask: `GET ${PATH}`, ...none },
      { ask: `GET /v2/never/was/referrers/${subject.digest}`, ...none },
      { ask: `GET /v2/a/referrers/${digestOf('x', 'sha512')}`, ...none },
      { ask: `GET ${PATH}?artifactType=x`, ...none, has: { ...none.has, 'oci-filters-applied': 'artifactType' } },
      { ask: 'GET /v2/a/referrers/latest', status: 400, code: 'DIGEST_INVALID' },
      { ask: 'GET /v2/a/referrers/sha256:x', status: 400, code: 'DIGEST_INVALID' },
      { ask: 'GET /v2/a/referrers/', status: 400, code: 'DIGEST_INVALID' },
      { ask: `GET /v2/A/referrers/${subject.digest}`, status: 400, code: 'NAME_INVALID' },
    ]);
  });

  it('forgets what is deleted', async () => {
    await using registry = await startWithConfig();
    const referrer = image([], { subject });
    await pushManifest(registry, 'a', referrer);
    await converse(registry, [
      { ask: `DELETE /v2/a/manifests/${referrer.digest}`, status: 202 },
      { ask: `GET ${PATH}`, status: 200, is: EMPTY_LIST },
    ]);
  });

  it('can be of one type', async () => {
    await using registry = await startWithConfig();
    const manifests = [SBOM, SIGNATURE, SBOM].map((artifactType, at) =>
      image([], { subject, artifactType, annotations: { at: `${at}` } }),
    );
    for (const manifest of manifests) await pushManifest(registry, 'a', manifest);
    const list = async (query: string, filters: string | undefined) => {
      const reply = await converse(registry, [
        { ask: `GET ${PATH}${query}`, status: 200, has: { 'oci-filters-applied': filters } },
      ]);
      return descriptorsIn(reply)
        .map(({ artifactType = '' }) => artifactType)
        .toSorted();
    };
    expect(await list(`?artifactType=${SBOM}`, 'artifactType')).toEqual([SBOM, SBOM]);
    expect(await list(`?artifactType=${encodeURIComponent(SIGNATURE)}`, 'artifactType')).toEqual([SIGNATURE]);
    expect(await list('?artifactType=application/other', 'artifactType')).toEqual([]);
    expect(await list('?artifactType=', undefined)).toHaveLength(3);
  });

  it('comes in pages by number, filtered or not', async () => {
    await using registry = await startWithConfig();
    const manifests = Array.from({ length: 7 }, (_, at) =>
      image([], { subject, artifactType: at < 5 ? SIGNATURE : SBOM, annotations: { at: `${at}` } }),
    );
    for (const manifest of manifests) await pushManifest(registry, 'a', manifest);
    for (let n = 1; n <= 8; n++) {
      const pages = await pagesFrom(registry, `${PATH}?n=${n}`);
      expect(pages).toHaveLength(Math.ceil(7 / n));
      expect(pages.flatMap(descriptorsIn).map(({ digest }) => digest)).toEqual(byDigest(manifests));
    }
    const filtered = await pagesFrom(registry, `${PATH}?n=2&artifactType=${encodeURIComponent(SIGNATURE)}`);
    expect(filtered.map((page) => descriptorsIn(page).length)).toEqual([2, 2, 1]);
    expect(filtered.map((page) => page.headers['oci-filters-applied'])).toEqual(
      Array.from({ length: 3 }, () => 'artifactType'),
    );
    expect(filtered.flatMap(descriptorsIn).map(({ digest }) => digest)).toEqual(byDigest(manifests.slice(0, 5)));
    await converse(registry, [
      { ask: `GET ${PATH}?n=0`, status: 200, is: EMPTY_LIST, has: { link: undefined } },
      { ask: `GET ${PATH}?n=-1`, status: 400, code: 'UNSUPPORTED' },
    ]);
  });

  it('comes in pages that no client finds too large', async () => {
    await using registry = await startWithConfig();
    const manifests = Array.from({ length: 9 }, (_, at) =>
      image([], {
        subject,
        annotations: { at: `${at}`, large: 'ü'.repeat(350_000), random: randomBytes(8).toString('hex') },
      }),
    );
    const huge = image([], { subject, annotations: { huge: 'x'.repeat(5_000_000) } });
    for (const manifest of [...manifests, huge]) await pushManifest(registry, 'a', manifest);
    const pages = await pagesFrom(registry, PATH);
    expect(pages.flatMap(descriptorsIn).map(({ digest }) => digest)).toEqual(byDigest([...manifests, huge]));
    const others = pages.filter((page) => descriptorsIn(page).length > 1 || page.body.length < 5_000_000);
    expect(pages.length - others.length).toBe(1);
    expect(Math.max(...others.map(({ body }) => body.length))).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(pages.length).toBeLessThanOrEqual(7);
  });
});

describe('a client that only knows the tag schema', () => {
  it('keeps its own index under a tag, and the list says the same', async () => {
    await using registry = await startWithConfig();
    await pushManifest(registry, 'a', subject, { as: 'x' });
    const referrers = [SBOM, SIGNATURE].map((artifactType) =>
      image([], { subject, artifactType, annotations: { artifactType } }),
    );
    const tag = subject.digest.replace(':', '-');
    for (const referrer of referrers) await pushManifest(registry, 'a', referrer);
    const described = referrers.map((referrer, at) => ({
      ...descriptorOf(referrer),
      artifactType: [SBOM, SIGNATURE][at],
      annotations: { artifactType: [SBOM, SIGNATURE][at] },
    }));
    const fallback = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: described });
    await converse(registry, [
      { ask: `GET /v2/a/manifests/${tag}`, status: 404, code: 'MANIFEST_UNKNOWN' },
      { ask: `PUT /v2/a/manifests/${tag}`, headers: { 'content-type': OCI_INDEX }, body: fallback, status: 201 },
      { ask: `GET /v2/a/manifests/${tag}`, status: 200, is: fallback },
    ]);
    const listed = await registry.send({ method: 'GET', path: PATH });
    const inOrder = described.toSorted((one, other) => (one.digest < other.digest ? -1 : 1));
    expect(JSON.parse(listed.text)).toEqual({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: inOrder });
  });

  it('may use the tag of a sha512 subject, and sigstore’s tags', async () => {
    await using registry = await startWithConfig();
    const tags = [
      `sha512-${'a'.repeat(64)}`,
      `${subject.digest.replace(':', '-')}.sig`,
      `${subject.digest.replace(':', '-')}.att`,
    ];
    for (const as of tags) await pushManifest(registry, 'a', image([], { annotations: { as } }), { as });
    await converse(
      registry,
      tags.map((tag) => ({ ask: `HEAD /v2/a/manifests/${tag}`, status: 200 })),
    );
  });
});
