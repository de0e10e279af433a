/** Distribution's configuration file, turned into the variables that stand for its settings. */
import { readFile } from 'node:fs/promises';

/** The settings of a file. */
export interface ConfigFile {
  /** By the name of the variable that would say the same: `http.addr` is `REGISTRY_HTTP_ADDR`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Undefined when there is no file. */
  readonly path: string | undefined;
  /** Where the file was looked for. */
  readonly candidates: readonly string[];
  /** Sentences on why the file cannot be used. */
  readonly problems: readonly string[];
}

/** Where the images of Distribution 3 and 2 have their file, and where people mount their own. */
const CONFIG_PATHS: readonly string[] = ['/etc/distribution/config.yml', '/etc/docker/registry/config.yml'];

const NOTHING: ConfigFile = { variables: {}, path: undefined, candidates: [], problems: [] };

/**
 * Reads the file. Of the customary paths either may be named and the other be there; none need be, since the default
 * command of the image names one and the image has none.
 * @param path undefined: there is none; a registry outside of containers has nothing to do with those paths
 * @see https://distribution.github.io/distribution/about/configuration/#override-specific-configuration-options
 */
export async function readConfigFile(
  path: string | undefined,
  customary: readonly string[] = CONFIG_PATHS,
): Promise<ConfigFile> {
  if (path === undefined) return NOTHING;
  const isCustomary = customary.includes(path);
  const candidates = isCustomary ? [...new Set([path, ...customary])] : [path];
  const found = await readFirst(candidates);
  const absent = isCustomary ? NOTHING : refuse(`There is no configuration file ${path}.`);
  return { ...(found ?? absent), candidates };
}

/** @returns undefined when there is none */
async function readFirst(candidates: readonly string[]): Promise<ConfigFile | undefined> {
  for (const candidate of candidates) {
    const found = await readText(candidate);
    if ('text' in found) return parseConfig(found.text, candidate);
    if (found.code !== 'ENOENT') return refuse(`The configuration file ${candidate} cannot be read: ${found.code}.`);
  }
  return undefined;
}

async function readText(path: string): Promise<{ readonly text: string } | { readonly code: string }> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    return { code };
  }
}

/** The package is loaded only where there is a file; Distribution reads YAML as its version 1.1 has it. */
async function parseConfig(text: string, path: string): Promise<ConfigFile> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.1', prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) return refuse(`${path}:${lineCounter.linePos(error.pos[0]).line}: ${error.message}.`);
  try {
    return flatten(document.toJS({ maxAliasCount: 100 }), path);
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    return refuse(`${path}: ${cause.message}.`);
  }
}

function flatten(value: unknown, path: string): ConfigFile {
  if (value === null || value === undefined) return NOTHING;
  if (!isMapping(value)) return refuse(`${path} is not a configuration file: it holds no settings.`);
  // `version` says of what form the file is.
  const { version: _version, ...settings } = value;
  return { ...NOTHING, variables: Object.fromEntries(listSettings(settings, 'REGISTRY')), path };
}

function listSettings(value: unknown, name: string): (readonly [name: string, value: string])[] {
  if (value === null || value === undefined) return [];
  if (!isMapping(value)) return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => listSettings(inner, `${name}_${key.toUpperCase()}`));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(problem: string): ConfigFile {
  return { ...NOTHING, problems: [problem] };
}
