/** The answer of a command that made one thing: a sentence for people, or the thing itself for programs. */
import type { Context } from '../context.ts';
import type { OutputFormat } from '../output/format.ts';
import { type ListView, formatList } from '../output/list.ts';
import { fillJsonPath } from '../output/json-path.ts';

/** JSON and YAML are the thing itself, not a list of one. */
export async function formatOne<Row>(row: Row, format: OutputFormat, view: ListView<Row>): Promise<string> {
  switch (format.kind) {
    case 'json':
      return `${JSON.stringify(row, undefined, 2)}\n`;
    case 'yaml':
      return (await import('yaml')).stringify(row);
    case 'jsonpath':
      return fillJsonPath(format.template, row);
    default:
      return formatList([row], format, view);
  }
}

/**
 * Answers with a secret that is shown this once: alone, unless a form was asked for, so that it can be piped.
 * @param note what is said to people beside it
 */
export async function answerSecret<Row>(
  { terminal }: Context,
  secret: string,
  note: string,
  row: Row,
  format: OutputFormat | undefined,
  view: ListView<Row>,
): Promise<void> {
  terminal.note(note);
  terminal.answer(format === undefined ? `${secret}\n` : await formatOne(row, format, view));
}
