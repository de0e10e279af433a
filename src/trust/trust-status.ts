/** Who trusts which registry, from what stands in files. Pure. */
import { X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import { FORMS } from './file-forms.ts';
import type { FoundFile } from './file-plan.ts';
import { isLoopbackName } from './registry-name.ts';
import { type Authority, TARGET_NAMES, type TargetName, type TrustHost } from './target.ts';
import type { TrustWants } from './trust-plan.ts';
import type { Ledger } from './trust-ledger.ts';

/** What one target makes of one registry. */
export interface TrustState {
  readonly target: TargetName;
  readonly registry: string;
  readonly state: 'trusted' | 'not' | 'unknown';
  /** Why, as far as it is known: a path, or some words. */
  readonly because: string;
}

/** What is looked at. */
export interface StatusFacts {
  readonly host: TrustHost;
  readonly registries: readonly string[];
  /** Undefined: the registries speak plain HTTP. */
  readonly authority: Authority | undefined;
  /** What would make each target trust. */
  readonly wants: TrustWants;
  /** What stands at a path; every path of `wants` and of `userCertPaths`. */
  readonly found: ReadonlyMap<string, FoundFile>;
  readonly ledger: Ledger;
  /** What Node was started with. */
  readonly nodeExtra: string | undefined;
}

/** Where podman, buildah and skopeo look first, then in the machine's folder, then in Docker's: the first one counts. */
export function podmanCertPaths({ home, root }: Pick<TrustHost, 'home' | 'root'>, registry: string): string[] {
  return [
    posix.join(home, '.config/containers/certs.d', registry, 'ca.crt'),
    posix.join(root, 'etc/containers/certs.d', registry, 'ca.crt'),
    posix.join(root, 'etc/docker/certs.d', registry, 'ca.crt'),
  ];
}

/** Where they look for registries on plain HTTP, besides the file that devreg would write. */
export function podmanInsecurePaths({ home, root }: Pick<TrustHost, 'home' | 'root'>): string[] {
  return ['.config/containers', 'etc/containers'].map((folder, index) =>
    posix.join(index === 0 ? home : root, folder, 'registries.conf.d/50-devreg.conf'),
  );
}

/** Tells for each target and each registry. */
export function judgeTrust(facts: StatusFacts): TrustState[] {
  const unfit = new Map(facts.wants.unfit.map(({ target, reason }) => [target, reason]));
  return TARGET_NAMES.flatMap((target) =>
    facts.registries.map((registry): TrustState => {
      const reason = unfit.get(target);
      if (reason !== undefined) return { target, registry, state: 'unknown', because: reason };
      return { target, registry, ...judge(target, registry, facts) };
    }),
  );
}

type Judgement = Pick<TrustState, 'state' | 'because'>;

function judge(target: TargetName, registry: string, facts: StatusFacts): Judgement {
  switch (target) {
    case 'docker':
    case 'docker-rootless':
    case 'docker-desktop':
      if (isLoopbackName(registry)) return { state: 'trusted', because: 'Docker believes every registry on localhost' };
      return judgeParts(target, registry, facts);
    case 'podman':
      return facts.authority === undefined
        ? judgePlainPodman(registry, facts)
        : judgePodman(registry, facts.authority, facts);
    case 'node':
      return judgeNode(facts);
    default:
      return judgeParts(target, registry, facts);
  }
}

/** Whether every file says what devreg would write there, and every command has been run. */
function judgeParts(target: TargetName, registry: string, { wants, found, ledger, authority }: StatusFacts): Judgement {
  const files = wants.files.filter((file) => file.target === target);
  for (const { path, form, parts } of files) {
    for (const part of parts.filter((one) => one.registry === registry)) {
      if (found.get(path)?.content === 'other') return { state: 'unknown', because: `${path} cannot be read` };
      const text = textAt(found, path);
      const isThere =
        form === 'whole' ? isSame(text, part.text, authority) : text !== undefined && FORMS[form].holds(text, part);
      if (!isThere) return { state: 'not', because: text === undefined ? `no ${path}` : `${path} says something else` };
    }
  }
  const isDone = (id: string) => ledger.commands.some((command) => command.id === id && command.isCertain);
  const commands = wants.commands.filter((command) => command.target === target);
  if (files.length === 0 && !commands.every(({ id }) => isDone(id)))
    return { state: 'unknown', because: 'only the program itself could tell' };
  return {
    state: 'trusted',
    because: files.map(({ path }) => path).find((path) => path.includes(registry)) ?? files[0]?.path ?? 'devreg trust',
  };
}

function judgePodman(registry: string, authority: Authority, { host, found }: StatusFacts): Judgement {
  const paths = podmanCertPaths(host, registry);
  const path = paths.find((one) => textAt(found, one) !== undefined);
  if (path === undefined) return { state: 'not', because: `no ${paths[0]}` };
  const isTrusted = isSame(textAt(found, path), authority.certificate, authority);
  return isTrusted ? { state: 'trusted', because: path } : { state: 'not', because: `${path} has another CA` };
}

function judgePlainPodman(registry: string, { host, found }: StatusFacts): Judgement {
  const line = `location = ${JSON.stringify(registry)}\ninsecure = true\n`;
  const path = podmanInsecurePaths(host).find((one) => textAt(found, one)?.includes(line));
  return path === undefined
    ? { state: 'not', because: `not in ${podmanInsecurePaths(host)[0]}` }
    : { state: 'trusted', because: path };
}

function judgeNode({ authority, nodeExtra, found }: StatusFacts): Judgement {
  if (nodeExtra === undefined) return { state: 'not', because: 'NODE_EXTRA_CA_CERTS is not set' };
  const text = textAt(found, nodeExtra);
  const isTrusted = authority !== undefined && text?.includes(authority.certificate.trim()) === true;
  return { state: isTrusted ? 'trusted' : 'not', because: `NODE_EXTRA_CA_CERTS=${nodeExtra}` };
}

/** A certificate is the same however its text is broken into lines. */
function isSame(text: string | undefined, wanted: string, authority: Authority | undefined): boolean {
  if (text === wanted) return true;
  if (text === undefined || wanted !== authority?.certificate) return false;
  return certificatesIn(text).some((sha256) => sha256 === authority.sha256);
}

function certificatesIn(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase()];
    } catch {
      return [];
    }
  });
}

function textAt(found: ReadonlyMap<string, FoundFile>, path: string): string | undefined {
  const content = found.get(path)?.content;
  return typeof content === 'object' ? content.text : undefined;
}
