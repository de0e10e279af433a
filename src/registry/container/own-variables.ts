/** The variables of the container that registry:2 does not have. Pure. */
import type { RegistryConfig } from '../config.ts';
import { createOriginReader } from '../http/origin.ts';
import { parseRouteRule } from '../http/route.ts';

/** Where the administrator's name and secrets are. */
export interface UserFiles {
  readonly name: string;
  readonly passwordFile: string;
  readonly tokenFile: string | undefined;
}

type Settings = Partial<
  Pick<
    RegistryConfig,
    | 'routes'
    | 'trustedProxies'
    | 'durability'
    | 'allowSparse'
    | 'anonymousPush'
    | 'gcInterval'
    | 'gcLease'
    | 'requireOwner'
  >
>;

/** The variables as read. */
export interface OwnVariables {
  readonly settings: Settings;
  readonly user: UserFiles | undefined;
  /** Sentences on what makes no sense; the registry must not start. */
  readonly problems: readonly string[];
  /** Variables without effect here. */
  readonly ignored: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Reader {
  /** What a value must be, as it goes after "must be". */
  readonly expected: string;
  readonly read: (value: string) => Settings | undefined;
}

const YES_OR_NO = 'yes or no';

const READERS: ReadonlyMap<string, Reader> = new Map([
  [
    'DEVREG_ROUTE',
    {
      expected: 'rules such as cnoe.localtest.me:8443/gitea=, separated by commas',
      read: (value) => readList(value, parseRouteRule, (routes) => ({ routes })),
    },
  ],
  [
    'DEVREG_TRUSTED_PROXY',
    {
      expected: 'networks such as 10.0.0.0/8, separated by commas',
      read: (value) => readList(value, parseNetwork, (trustedProxies) => ({ trustedProxies })),
    },
  ],
  [
    'DEVREG_DURABILITY',
    {
      expected: 'full or fast',
      read: (value) => (value === 'full' || value === 'fast' ? { durability: value } : undefined),
    },
  ],
  [
    'DEVREG_ALLOW_SPARSE_INDEXES',
    { expected: YES_OR_NO, read: (value) => readSwitch(value, (allowSparse) => ({ allowSparse })) },
  ],
  [
    'DEVREG_ANONYMOUS_PUSH',
    { expected: YES_OR_NO, read: (value) => readSwitch(value, (anonymousPush) => ({ anonymousPush })) },
  ],
  [
    'DEVREG_REQUIRE_OWNER',
    { expected: YES_OR_NO, read: (value) => readSwitch(value, (requireOwner) => ({ requireOwner })) },
  ],
  [
    'DEVREG_GC_INTERVAL',
    {
      expected: 'a time such as 60m, or off',
      read: (value) => (value === 'off' ? { gcInterval: 0 } : readTime(value, (gcInterval) => ({ gcInterval }))),
    },
  ],
  ['DEVREG_GC_LEASE', { expected: 'a time such as 60m', read: (value) => readTime(value, (gcLease) => ({ gcLease })) }],
]);

const USER_VARIABLES: ReadonlySet<string> = new Set(['DEVREG_USER', 'DEVREG_PASSWORD_FILE', 'DEVREG_TOKEN_FILE']);

/** What Kubernetes adds for a service that is called devreg. */
const SERVICE_LINK = /^DEVREG_(?:SERVICE_|PORT(?:_|$))/;

/** Reads the variables that begin with `DEVREG_`; empty ones count as absent. */
export function readOwnVariables(environment: Environment): OwnVariables {
  const settings: Settings[] = [];
  const problems: string[] = [];
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('DEVREG_') || !value || USER_VARIABLES.has(name) || SERVICE_LINK.test(name)) continue;
    const reader = READERS.get(name);
    const meant = reader?.read(value);
    if (reader === undefined) ignored.push(name);
    else if (meant === undefined) problems.push(`${name} must be ${reader.expected}, not ${JSON.stringify(value)}.`);
    else settings.push(meant);
  }
  const { user, problem } = readUser(environment);
  if (problem !== undefined) problems.push(problem);
  return { settings: Object.assign({}, ...settings) as Settings, user, problems, ignored };
}

const USER_MAX = 128;

/** Basic authentication ends a name at the first colon, and logs show it on one line. */
const NOT_IN_NAMES = /[:\p{C}\p{Z}]/u;

function readUser(environment: Environment): { readonly user?: UserFiles; readonly problem?: string } {
  const name = environment['DEVREG_USER'] || undefined;
  const passwordFile = environment['DEVREG_PASSWORD_FILE'] || undefined;
  const tokenFile = environment['DEVREG_TOKEN_FILE'] || undefined;
  if (name === undefined) {
    const isAlone = passwordFile !== undefined || tokenFile !== undefined;
    return isAlone ? { problem: 'The password or token of whom? Set DEVREG_USER.' } : {};
  }
  if (name.length > USER_MAX || NOT_IN_NAMES.test(name))
    return { problem: 'DEVREG_USER must be a name without colons, blanks and control characters.' };
  if (passwordFile === undefined) return { problem: 'DEVREG_USER needs a password: set DEVREG_PASSWORD_FILE.' };
  return { user: { name, passwordFile, tokenFile } };
}

function readList<T>(
  value: string,
  parse: (text: string) => T | undefined,
  settle: (items: readonly T[]) => Settings,
): Settings | undefined {
  const items = value.split(',').map((text) => parse(text.trim()));
  return items.includes(undefined) ? undefined : settle(items.filter((item) => item !== undefined));
}

function parseNetwork(text: string): string | undefined {
  try {
    createOriginReader([text]);
    return text;
  } catch {
    return undefined;
  }
}

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

function readTime(value: string, settle: (milliseconds: number) => Settings): Settings | undefined {
  const [, count, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(value) ?? [];
  const time = Number(count) * (MILLISECONDS[unit] ?? 0);
  return time > 0 ? settle(time) : undefined;
}

function readSwitch(value: string, settle: (isOn: boolean) => Settings): Settings | undefined {
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return settle(true);
  return ['0', 'false', 'no', 'off'].includes(value.toLowerCase()) ? settle(false) : undefined;
}
