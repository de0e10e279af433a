/** What clients send to the account API, read field by field: what is not known is refused, never ignored. */
import { RegistryError } from '../../core/registry-error.ts';
import type { EndpointRequest } from '../../http/endpoint.ts';
import { ACCOUNT_BODY_MAX_BYTES } from '../../http/limits.ts';

/** Values by the names of fields that are known. */
export type Fields = ReadonlyMap<string, unknown>;

/**
 * Reads a body: one JSON object.
 * @param known its fields
 * @throws RegistryError `request-invalid` when it is too long, `value-invalid` when it is something else
 */
export async function readFields({ body, headers }: EndpointRequest, known: readonly string[]): Promise<Fields> {
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? ''))
    throw invalid('The body must be JSON, with the Content-Type application/json.');
  const value = parseJson(await body.read(ACCOUNT_BODY_MAX_BYTES, 'request-invalid'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('The body must be one JSON object.');
  return knownOnly(Object.entries(value), known);
}

/**
 * Reads the parameters of a query, each at most once.
 * @throws RegistryError `value-invalid`
 */
export function readParameters({ query }: EndpointRequest, known: readonly string[]): Fields {
  const entries = [...query].filter(([name]) => name !== 'ns');
  const twice = entries.find(([name], at) => entries.findIndex(([other]) => other === name) !== at);
  if (twice !== undefined) throw invalid(`${twice[0]} is there twice.`);
  return knownOnly(entries, known);
}

/**
 * The value of a field.
 * @param expected what it must be, as it goes after "must be"
 * @param parse gives undefined for a value that makes no sense
 * @throws RegistryError `value-invalid`, also when the field is missing
 */
export function required<T>(
  fields: Fields,
  name: string,
  expected: string,
  parse: (value: unknown) => T | undefined,
): T {
  const parsed = fields.has(name) ? parse(fields.get(name)) : undefined;
  if (parsed === undefined) throw invalid(`${name} must be ${expected}.`);
  return parsed;
}

/** The same for a field that may be missing, or null. */
export function optional<T>(
  fields: Fields,
  name: string,
  expected: string,
  parse: (value: unknown) => T | undefined,
): T | undefined {
  const value = fields.get(name) ?? undefined;
  return value === undefined ? undefined : required(fields, name, expected, parse);
}

/** A parser of texts as one of values. */
export function text<T>(parse: (text: string) => T | undefined): (value: unknown) => T | undefined {
  return (value) => (typeof value === 'string' ? parse(value) : undefined);
}

/** What makes no sense. */
export function invalid(sentence: string): RegistryError {
  return new RegistryError('value-invalid', sentence);
}

function knownOnly(entries: readonly (readonly [string, unknown])[], known: readonly string[]): Fields {
  const other = entries.find(([name]) => !known.includes(name));
  if (other !== undefined)
    throw invalid(`There is no ${JSON.stringify(other[0].slice(0, 100))} here; known are ${known.join(', ')}.`);
  return new Map(entries);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('The body is not JSON.');
  }
}
