/** What makes systems, browsers and runtimes trust a CA, by the stores of certificates they read. Pure. */
import { posix } from 'node:path';
import { quoteWord } from './shell-word.ts';
import type { Authority, LinuxFamily, TargetWants, TrustHost, TrustSubject, Unfit, WantedCommand } from './target.ts';

interface FamilyStore {
  readonly folder: string;
  readonly ending: string;
  readonly argv: readonly string[];
  readonly undo: readonly string[];
}

/** Where a family of Linuxes keeps the CAs of its owner, and what reads them in. */
const FAMILIES: Readonly<Record<LinuxFamily, FamilyStore>> = {
  debian: {
    folder: 'usr/local/share/ca-certificates',
    ending: 'crt',
    argv: ['update-ca-certificates'],
    // Without --fresh, the links to what is gone stay.
    undo: ['update-ca-certificates', '--fresh'],
  },
  fedora: store('etc/pki/ca-trust/source/anchors', 'pem', 'update-ca-trust', 'extract'),
  arch: store('etc/ca-certificates/trust-source/anchors', 'crt', 'trust', 'extract-compat'),
  suse: store('usr/share/pki/trust/anchors', 'pem', 'update-ca-certificates'),
};

function store(folder: string, ending: string, ...argv: readonly string[]): FamilyStore {
  return { folder, ending, argv, undo: argv };
}

const NEEDS_TLS = { unfit: 'It is about certificates, and a registry on plain HTTP has none.' };

/** The system's own store. */
export function planSystem({ registries, authority }: TrustSubject, host: TrustHost): TargetWants | Unfit {
  if (authority === undefined) return NEEDS_TLS;
  if (host.platform === 'darwin') return { parts: [], commands: [keychainCommand(authority)], hints: [] };
  if (host.platform === 'win32') return { parts: [], commands: [rootStoreCommand(authority)], hints: [] };
  if (host.family === undefined) return { unfit: 'It is not known where this system keeps its CAs.' };
  const { folder, ending, argv, undo } = FAMILIES[host.family];
  const path = posix.join(host.root, folder, `${markOf(authority)}.${ending}`);
  const parts = registries.map((registry) => {
    const text = authority.certificate;
    return { registry, path, owner: 'root' as const, form: 'whole' as const, text };
  });
  const hint = 'Programs that run already, such as the Docker engine, have read the store before: they need a restart.';
  return { parts, commands: [{ id: path, owner: 'root', argv, undo }], hints: [hint] };
}

/** Databases of NSS: Firefox, and Chromium on Linux. */
export function planNss({ authority }: TrustSubject, { nssDatabases }: TrustHost): TargetWants | Unfit {
  if (authority === undefined) return NEEDS_TLS;
  if (nssDatabases.length === 0)
    return { unfit: 'No browser has a database of certificates here: start it once, and run this again.' };
  const name = markOf(authority);
  const commands = nssDatabases.map((folder): WantedCommand => {
    const database = ['-d', `sql:${folder}`, '-n', name];
    return {
      id: `nss-${folder}-${authority.sha256}`,
      owner: 'user',
      argv: ['certutil', '-A', ...database, '-t', 'C,,', '-i', authority.file],
      undo: ['certutil', '-D', ...database],
    };
  });
  return { parts, commands, hints: ['Browsers that run already need a restart.'] };
}

const parts = [] as const;

/** The store of the Java that is on the PATH. Its password is known to all, and guards nothing. */
export function planJava({ authority }: TrustSubject): TargetWants | Unfit {
  if (authority === undefined) return NEEDS_TLS;
  const options = ['-noprompt', '-cacerts', '-storepass', 'changeit', '-alias', markOf(authority)];
  const command: WantedCommand = {
    id: `java-${authority.sha256}`,
    owner: 'root',
    argv: ['keytool', '-importcert', '-trustcacerts', ...options, '-file', authority.file],
    undo: ['keytool', '-delete', ...options],
  };
  return { parts, commands: [command], hints: ['Programs of Java that run already need a restart.'] };
}

/** Node reads a variable when it starts; no file of its own is there to be written. */
export function planNode({ authority }: TrustSubject): TargetWants | Unfit {
  if (authority === undefined) return NEEDS_TLS;
  return {
    parts,
    commands: [],
    hints: [`Node reads a variable: export NODE_EXTRA_CA_CERTS=${quoteWord(authority.file)}`],
  };
}

/** What a CA is called in stores; tells it from every other CA, of devreg too. */
function markOf({ sha256 }: Authority): string {
  return `devreg-${sha256.slice(0, 16)}`;
}

function keychainCommand(authority: Authority): WantedCommand {
  const keychain = ['-k', '/Library/Keychains/System.keychain'];
  return {
    id: `keychain-${authority.sha256}`,
    owner: 'root',
    argv: ['security', 'add-trusted-cert', '-d', '-r', 'trustRoot', ...keychain, authority.file],
    undo: ['security', 'delete-certificate', '-t', '-Z', authority.sha1.toUpperCase(), keychain[1] ?? ''],
  };
}

function rootStoreCommand(authority: Authority): WantedCommand {
  return {
    id: `windows-root-${authority.sha256}`,
    owner: 'user',
    argv: ['certutil', '-user', '-addstore', 'Root', authority.file],
    undo: ['certutil', '-user', '-delstore', 'Root', authority.sha1],
  };
}
