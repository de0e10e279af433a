/** Answers that are a text for people or data for programs: `-o text`, `json` or `yaml`. */
import type { OptionReader } from '../../config/option-reader.ts';
import { parseChoice } from '../../config/values.ts';

/** One of these forms. */
export type TextFormat = (typeof TEXT_FORMATS)[number];

const TEXT_FORMATS = ['text', 'json', 'yaml'] as const;

/** Reads `-o`; text where it is not given. */
export function readTextFormat(options: OptionReader): TextFormat {
  return options.read('output', 'text, json or yaml', parseChoice(TEXT_FORMATS)) ?? 'text';
}

/** Writes an answer down. @param toText for people */
export async function formatAs<T>(format: TextFormat, answer: T, toText: (answer: T) => string): Promise<string> {
  if (format === 'json') return `${JSON.stringify(answer, undefined, 2)}\n`;
  return format === 'yaml' ? (await import('yaml')).stringify(answer) : toText(answer);
}
