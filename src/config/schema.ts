/** The JSON Schema of configuration files, from the declarations that the reader reads by. Pure. */
import { CONFIG_HEAD } from './config-file.ts';
import { CONFIG_OPTIONS } from './config-options.ts';
import type { Declaration } from './declaration.ts';

/** @returns the schema, draft 7, which editors understand */
export function configSchema(): object {
  const options = Object.entries(CONFIG_OPTIONS).map(([name, declaration]) => [name, schemaOf(declaration)]);
  const head = Object.entries(CONFIG_HEAD).map(([name, value]) => [name, { const: value }]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A devreg cluster or registry',
    type: 'object',
    required: Object.keys(CONFIG_HEAD),
    additionalProperties: false,
    properties: Object.fromEntries([...head, ...options]) as object,
  };
}

function schemaOf({ schema, description, isList }: Declaration<unknown>): object {
  return isList ? { description, type: 'array', items: schema } : { description, ...schema };
}
