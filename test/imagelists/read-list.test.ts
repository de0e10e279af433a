/** Lists of images in every form: which it is, what it names, what is left out. */
import { describe, expect, it } from 'vitest';
import type { ImageList, ListKind, TagChoice } from '../../src/imagelists/image-list.ts';
import { readImageList } from '../../src/imagelists/read-list.ts';

function read(text: string, kind?: ListKind): ImageList {
  return readImageList(text, kind, {
    file: 'images',
    env: { USER_NAME: 'alice', TAG: '7' },
    readFile: (path) => `${path} says\n`,
  });
}

/** What a list names, tags as the names of a small registry fare. */
function names({ jobs }: ImageList): readonly string[] {
  const tags = ['1', '2.1.0', '2.2.0', 'latest'];
  const chosen = (choice: TagChoice) => {
    if (choice.kind === 'all') return tags;
    return choice.kind === 'named' ? choice.names : tags.filter(choice.matches);
  };
  return jobs.flatMap(({ source }) => {
    if (source.kind === 'image') return [source.reference];
    if (source.kind === 'repository') return chosen(source.tags).map((tag) => `${source.repository}:${tag}`);
    return ['a/b', 'c']
      .filter(source.matches)
      .flatMap((name) => chosen(source.tags).map((tag) => `${source.host}/${name}:${tag}`));
  });
}

const kindOf = (text: string) => read(text).kind;

describe('plain lists', () => {
  it('have an image a line, comments, and doubles', () => {
    const list = read('# images\nnginx:1\n\n  quay.io/a/b@sha256:00  # b\ndocker://c\r\nnginx:1\n');
    expect(list.kind).toBe('list');
    expect(names(list)).toEqual(['nginx:1', 'quay.io/a/b@sha256:00', 'docker://c']);
  });

  it.each(['', '# nothing\n'])('%j has none', (text) => {
    expect(() => read(text)).toThrow('names no images');
  });
});

describe('the YAML of skopeo', () => {
  const text = `
registry.example.com:
  images:
    busybox: []
    redis: ["1.0", sha256:0000]
  images-by-tag-regex:
    nginx: ^2[.]
  images-by-semver:
    alpine: ">= 2.2"
  credentials: {username: john, password: 123}
  tls-verify: false
  cert-dir: /certs
quay.io:
  images: {a/b: [latest]}
  unknown: 1
`;

  it('has tags, expressions and ranges', () => {
    expect(kindOf(text)).toBe('skopeo');
    expect(names(read(text))).toEqual([
      ...['1', '2.1.0', '2.2.0', 'latest'].map((tag) => `registry.example.com/busybox:${tag}`),
      'registry.example.com/redis:1.0',
      'registry.example.com/redis:sha256:0000',
      'registry.example.com/nginx:2.1.0',
      'registry.example.com/nginx:2.2.0',
      'registry.example.com/alpine:2.2.0',
      'quay.io/a/b:latest',
    ]);
  });

  it('has logins and TLS, and says what is left out', () => {
    const { registries, warnings } = read(text);
    expect(registries.get('registry.example.com')).toEqual({
      login: { user: 'john', password: '123' },
      tls: 'insecure',
    });
    expect(registries.get('quay.io')).toEqual({ login: undefined, tls: undefined });
    expect(warnings).toEqual([
      'images: cert-dir of registry.example.com is left out; give --src-cert-dir, or trust its authority.',
      'images: unknown of quay.io is not understood and left out.',
    ]);
  });

  it.each([
    ['h: {images: {a: {b: c}}}', 'something else than texts'],
    ['h: {images-by-tag-regex: {a: "("}}', 'a regular expression that is none, (:'],
    ['h: {images-by-semver: {a: new}}', 'a range of versions that is none: new'],
    ['h: {images: {a: []}, credentials: {username: u}}', 'without username and password'],
    ['h: {images: [a]}', 'images without repositories'],
  ])('%s is refused', (wrong, sentence) => {
    expect(() => read(wrong)).toThrow(
      expect.objectContaining({ code: 'IMAGE_LIST_INVALID', message: expect.stringContaining(sentence) }),
    );
  });
});

describe('the file of regsync', () => {
  const text = `
version: 1
creds:
  - {registry: localhost:5000, tls: disabled, user: '{{env "USER_NAME"}}', pass: '{{ file "secret" }}'}
  - {registry: quay.io, tls: insecure}
defaults: {parallel: 2, interval: 60m, backup: old}
x-mine: 1
sync:
  - {source: nginx, target: localhost:5000/nginx, type: repository, tags: {allow: ['2.*'], deny: ['.*[.]2[.]0']}, platforms: [linux/amd64, linux/arm64]}
  - {source: quay.io/a:1, target: 'localhost:5000/a:{{env "TAG"}}', type: image, platform: linux/arm64, referrers: false}
  - {source: quay.io, target: localhost:5000/quay, type: registry, repos: {deny: [a/.*]}, tags: {semverRange: ['>=2.2']}, digestTags: true}
`;

  it('has images, repositories and registries, with targets of their own', () => {
    const list = read(text);
    expect(list.kind).toBe('regsync');
    expect(names(list)).toEqual(['nginx:2.1.0', 'quay.io/a:1', 'quay.io/c:2.2.0']);
    expect(list.jobs.map(({ target, platforms, referrers }) => [target, platforms, referrers])).toEqual([
      ['localhost:5000/nginx', ['linux/amd64', 'linux/arm64'], undefined],
      ['localhost:5000/a:7', ['linux/arm64'], false],
      ['localhost:5000/quay', [], true],
    ]);
    expect(list.registries).toEqual(
      new Map([
        ['localhost:5000', { login: { user: 'alice', password: 'secret says' }, tls: 'off' }],
        ['quay.io', { login: undefined, tls: 'insecure' }],
      ]),
    );
    expect(list.warnings).toEqual(['images: backup is not done and left out.']);
  });

  it.each([
    ['version: 2\nsync: [{source: a, target: b, type: image}]', 'version 2'],
    ['sync: [{source: a, type: image}]', 'without source and target'],
    ['sync: [{source: a, target: b, type: tag}]', 'of type tag'],
    ["sync: [{source: a, target: 'b:{{.Ref}}', type: image}]", 'a template that is not understood: {{.Ref}}'],
  ])('%s is refused', (wrong, sentence) => {
    expect(() => read(wrong)).toThrow(sentence);
  });
});

describe('what deploys images', () => {
  it('Kubernetes objects name them in containers of every kind', () => {
    const list = read(`
apiVersion: v1
kind: Pod
spec: {initContainers: [{image: init:1}], containers: [{image: app:1}, {image: app:1}]}
---
apiVersion: example.com/v1
kind: Thing
spec: {template: {spec: {containers: [{image: deep:2, env: [{name: image, value: not-this}]}]}}, image: nor-this}
`);
    expect([list.kind, names(list)]).toEqual(['k8s', ['init:1', 'app:1', 'deep:2']]);
  });

  it('compose files name them in services, with variables', () => {
    const list = read(
      'services: {a: {image: "app:$TAG"}, b: {image: "db:${V:-9}"}, c: {image: "x:${NONE}"}, d: {build: .}}',
    );
    expect([list.kind, names(list)]).toEqual(['compose', ['app:7', 'db:9']]);
    expect(list.warnings).toEqual(['images: x:${NONE} has a variable without a value.']);
  });

  it('hauler and zarf have lists of their own', () => {
    const hauler = read(`
apiVersion: content.hauler.cattle.io/v1
kind: Images
spec: {images: [{name: a:1}, {name: b:2, platform: linux/arm64}]}
---
apiVersion: content.hauler.cattle.io/v1
kind: Charts
spec: {charts: [{name: c}]}
`);
    expect([hauler.kind, names(hauler), hauler.warnings]).toEqual([
      'hauler',
      ['a:1', 'b:2'],
      ['images: Charts of hauler are left out.'],
    ]);
    const zarf = read('kind: ZarfPackageConfig\ncomponents: [{images: [a:1]}, {name: none}, {images: [b:2]}]');
    expect([zarf.kind, names(zarf)]).toEqual(['zarf', ['a:1', 'b:2']]);
  });
});

describe('what is none', () => {
  it.each(['a: b', '[1, 2]', 'image one\nimage two: {', '- &a [*a, *a]'])(
    '%j is refused, with the kinds there are',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'IMAGE_LIST_INVALID' }));
    },
  );

  it('aliases do not blow up', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghi'
        .split('')
        .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`),
    ];
    expect(() => read(bomb.join('\n'))).toThrow(expect.objectContaining({ code: 'IMAGE_LIST_INVALID' }));
  });

  it('is read as it is told to be', () => {
    expect(names(read('nginx: 1', 'list'))).toEqual(['nginx: 1']);
    expect(() => read('a: b', 'skopeo')).toThrow('has no images of a');
  });
});
