/** Routes: under which names and paths clients see the registry's repositories, and which repositories those are. */
import { type RepositoryName, parseRepositoryName } from '../../oci/repository.ts';
import { isAccountPath } from './account-paths.ts';
import { WATCH_PATHS } from './router.ts';

/**
 * What a route is configured as. A request for `PATH/v2/<name>`, or for `/v2/PATH/<name>` when the route is `inNames`,
 * means the repository `<prefix><name>`.
 */
export interface RouteRule {
  /** The host (with port, as clients write it) the route is for; undefined: every host. */
  readonly host: string | undefined;
  /** Path components; `{name}` stands for any one component and may be used in `repository`. */
  readonly path: readonly string[];
  /** Leading components of the repository names below the route; may be empty. */
  readonly repository: readonly string[];
  /** Whether the path may also stand inside repository names, for clients that know hosts but not paths. */
  readonly inNames: boolean;
}

/** Named repositories of one server, each below a path of its own, for a proxy that rewrites to it (S4-01, S4-02). */
export const NAMED_REPOSITORIES: RouteRule = {
  host: undefined,
  path: ['repositories', 'oci', '{name}'],
  repository: ['{name}'],
  inNames: false,
};

/** The names of one request: what the client writes and what the registry keeps. */
export interface Route {
  /** The repository that a name written by the client means; undefined when it is no valid name. */
  inside(name: string): RepositoryName | undefined;
  /** How the client writes a repository; undefined when it is not visible through this route. */
  outside(repository: RepositoryName): string | undefined;
  /** What the names of all repositories visible through this route begin with. */
  readonly prefix: string;
}

/** The route of requests that no rule is for. */
export const DIRECT: Route = { inside: parseRepositoryName, outside: (repository) => repository, prefix: '' };

const RULE = /^(?:(?<host>[^/]+))?\/(?<path>[^=]+)=(?<repository>.*)$/;

/**
 * Reads a route as written in configuration: `[HOST]/PATH=[REPOSITORY]`, for example `cnoe.localtest.me:8443/gitea=`
 * (S0-25) or `/team/{name}=mirrors/{name}`.
 * @returns the rule, or undefined when the text is not one
 */
export function parseRouteRule(text: string): RouteRule | undefined {
  const { host, path, repository } = RULE.exec(text)?.groups ?? {};
  if (path === undefined || repository === undefined) return undefined;
  const components = path.split('/').filter((component) => component !== '');
  const target = repository.split('/').filter((component) => component !== '');
  const isComponent = (component: string) =>
    component === '{name}' || (parseRepositoryName(component) !== undefined && !component.includes('/'));
  if (components.length === 0 || ![...components, ...target].every(isComponent)) return undefined;
  return { host: host?.toLowerCase(), path: components, repository: target, inNames: true };
}

/** Finds the route of requests. */
export interface RouteTable {
  /**
   * @param host the host the client wrote, with port
   * @param path the whole path of the request, still encoded
   * @returns the route and the rest of the path, which begins with `/v2`, is a probe's, or the account
   * API's; undefined when the path leads nowhere
   */
  find(host: string, path: string): { readonly route: Route; readonly path: string } | undefined;
}

/** Makes the table; of several rules that fit a request, the first one counts. */
export function createRouteTable(rules: readonly RouteRule[]): RouteTable {
  const inNames = rules.filter((rule) => rule.inNames);
  return {
    find(host, path) {
      if (WATCH_PATHS.has(path) || isAccountPath(path)) return { route: DIRECT, path };
      if (isApiPath(path)) {
        const fitting = inNames.length === 0 ? [] : inNames.filter((rule) => fitsHost(rule, host));
        return { route: fitting.length === 0 ? DIRECT : routeOfNames(fitting), path };
      }
      const segments = path.split('/').slice(1);
      for (const rule of rules) {
        const name = fitsHost(rule, host) ? matchComponents(rule.path, segments) : undefined;
        const rest = `/${segments.slice(rule.path.length).join('/')}`;
        if (name !== undefined && isApiPath(rest))
          return { route: routeBelow(fill(rule.repository, name)), path: rest };
      }
      return undefined;
    },
  };
}

function isApiPath(path: string): boolean {
  return path.startsWith('/v2/') || path === '/v2';
}

function fitsHost(rule: RouteRule, host: string): boolean {
  return rule.host === undefined || rule.host === host.toLowerCase();
}

/** @returns what stands at `{name}` (empty when the path has none), or undefined when the path does not fit */
function matchComponents(path: readonly string[], segments: readonly string[]): string | undefined {
  let name = '';
  for (const [index, component] of path.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (component === '{name}') {
      if (parseRepositoryName(segment) === undefined) return undefined;
      name = segment;
    } else if (component !== segment) return undefined;
  }
  return name;
}

function fill(repository: readonly string[], name: string): string {
  return repository.map((component) => `${component === '{name}' ? name : component}/`).join('');
}

/** The path stood before `/v2`: every name lies below the prefix. */
function routeBelow(prefix: string): Route {
  if (prefix === '') return DIRECT;
  return {
    prefix,
    inside: (name) => parseRepositoryName(prefix + name),
    outside: (repository) => (repository.startsWith(prefix) ? repository.slice(prefix.length) : undefined),
  };
}

/** The path stands inside names: names that begin with it are mapped, all others mean themselves. */
function routeOfNames(rules: readonly RouteRule[]): Route {
  return {
    prefix: '',
    inside(name) {
      const segments = name.split('/');
      for (const rule of rules) {
        const found = segments.length > rule.path.length ? matchComponents(rule.path, segments) : undefined;
        if (found !== undefined)
          return parseRepositoryName(fill(rule.repository, found) + segments.slice(rule.path.length).join('/'));
      }
      return parseRepositoryName(name);
    },
    outside: (repository) => repository,
  };
}
