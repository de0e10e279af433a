/** Fills in templates: Handlebars without escaping, and without a word for what is missing. */
import Handlebars from 'handlebars';
import type { Asset } from './assets.ts';

const handlebars = Handlebars.create();

/** A scalar, list or object in JSON, which is YAML too: nothing in it can break out of its place. */
handlebars.registerHelper('json', (value: unknown) => JSON.stringify(value));
/** Text as the `data` of Secrets has it. */
handlebars.registerHelper('base64', (text: string) => JSON.stringify(Buffer.from(text).toString('base64')));

/**
 * Renders a template.
 * @param data has every name that the template uses; one that may be absent is there as undefined
 * @throws Error naming the file, when a name is missing or the template is malformed: a bug of ours
 */
export function renderTemplate(template: Asset, data: object): string {
  try {
    return handlebars.compile(template.text, { noEscape: true, strict: true })(strictly(data));
  } catch (cause) {
    throw new Error(`${template.path} cannot be rendered: ${String(cause)}`, { cause });
  }
}

/** Handlebars is strict about names that stand alone, but not about those given to helpers such as `if` and `json`. */
function strictly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictly);
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, name) {
      // What JSON.stringify looks for.
      if (typeof name === 'symbol' || name === 'toJSON') return Reflect.get(target, name);
      if (!(name in target)) throw new Error(`there is no value for ${name}`);
      return strictly(Reflect.get(target, name));
    },
  });
}
