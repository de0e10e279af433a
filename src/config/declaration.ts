/** What an option is, said once: the command line, the reader, the configuration file and its schema are made from it. */
import type { OptionReader, Parse } from './option-reader.ts';

/** Part of a JSON Schema, as far as options need it. */
export type Schema =
  | { readonly type: 'string'; readonly pattern?: string; readonly enum?: readonly string[] }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' };

/** What values of options can be. */
export interface Kind<T> {
  /** As it goes after "must be". */
  readonly expected: string;
  /** Undefined for a text that is none. */
  readonly parse: Parse<T>;
  /** What stands for one in a configuration file. */
  readonly schema: Schema;
}

/** An option. Its key in a table is its name in camel case, in the configuration file as well. */
export interface Declaration<T> extends Kind<T> {
  /** As the command line has it: `--port <port>`. */
  readonly flags: string;
  readonly description: string;
  /** Whether it has several values. */
  readonly isList: boolean;
  /** Whether it is a path, in a configuration file one from that file's folder on. */
  readonly isPath: boolean;
}

/** An option with one value. */
export interface Single<T> extends Declaration<T> {
  readonly isList: false;
}

/** An option with several values: repeated, or separated by commas. */
export interface Several<T> extends Declaration<T> {
  readonly isList: true;
}

/** Declares an option with one value. */
export function single<T>(kind: Kind<T>, flags: string, description: string, isPath = false): Single<T> {
  return { ...kind, flags, description, isList: false, isPath };
}

/** Declares an option with several values. */
export function several<T>(kind: Kind<T>, flags: string, description: string, isPath = false): Several<T> {
  return { ...kind, flags, description, isList: true, isPath };
}

/** Options by their names. */
export type Declarations = Readonly<Record<string, Declaration<unknown>>>;

/** What the options of a table give; what was not given is undefined. */
export type Declared<T extends Declarations> = {
  readonly [Key in keyof T]:
    | (T[Key] extends Several<infer Item> ? readonly Item[] : T[Key] extends Single<infer Value> ? Value : never)
    | undefined;
};

/** Reads every option of a table; what makes no sense is told when the reader is finished. */
export function readDeclared<T extends Declarations>(table: T, options: OptionReader): Declared<T> {
  const entries = Object.entries(table).map(([name, { expected, parse, isList }]) => [
    name,
    isList ? options.readList(name, expected, parse) : options.read(name, expected, parse),
  ]);
  // Each parser gives what its kind says.
  return Object.fromEntries(entries) as Declared<T>;
}
