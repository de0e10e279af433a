/** The first lines of answers in HTTP/1.1, read strictly. Pure. */

/** Status and headers, as IncomingMessage has them; names are in small letters. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly headersDistinct: Record<string, string[]>;
  /** Bytes of the body. */
  readonly length: number;
}

const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^\d{1,15}$/;

/** These have no body, whatever length they tell. */
const EMPTY: readonly string[] = ['204', '304'];

/**
 * Reads a head whose body has a length that it tells; answers to HEAD have none.
 * @param text up to the empty line, without it
 * @param method of the request
 * @returns undefined for everything that has another form, or may be understood in more than one way
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function readAnswerHead(text: string, method: 'GET' | 'HEAD' = 'GET'): AnswerHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  const fields = readFields(lines);
  if (status === undefined || EMPTY.includes(status) || fields === undefined) return undefined;
  // Two lengths, even the same, are none.
  const [length = method === 'HEAD' ? '0' : '', another] = fields.get('content-length') ?? [];
  if (!LENGTH.test(length) || another !== undefined || fields.has('transfer-encoding')) return undefined;
  return {
    statusCode: Number(status),
    headers: Object.fromEntries([...fields].map(([name, values]) => [name, values.join(', ')])),
    headersDistinct: Object.fromEntries(fields),
    length: method === 'HEAD' ? 0 : Number(length),
  };
}

function readFields(lines: readonly string[]): Map<string, string[]> | undefined {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ''] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    fields.set(key, [...(fields.get(key) ?? []), value.trimEnd()]);
  }
  return fields;
}
