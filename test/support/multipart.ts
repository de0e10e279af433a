/** Reading multipart/byteranges, as RFC 9110 §14.6 and RFC 2046 §5.1 write it. */

/** One part. */
export interface Part {
  readonly contentType: string | undefined;
  readonly contentRange: string | undefined;
  readonly body: Buffer;
}

/** Splits a body into its parts. @throws when it is not well formed */
export function parseByteRanges(contentType: string, body: Buffer): Part[] {
  const boundary = /^multipart\/byteranges; ?boundary="?([\w'()+,./:=?-]{1,70})"?$/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`${contentType} names no boundary`);
  const text = body.toString('latin1');
  const [preamble, ...sections] = `\r\n${text}`.split(`\r\n--${boundary}`);
  const epilogue = sections.pop();
  if (preamble?.trim() !== '' || epilogue?.trim() !== '--') throw new Error('The first or last boundary is missing.');
  return sections.map(parsePart);
}

function parsePart(section: string): Part {
  const end = section.indexOf('\r\n\r\n');
  if (!section.startsWith('\r\n') || end < 0)
    throw new Error(`A part has no header: ${JSON.stringify(section.slice(0, 100))}`);
  const headers = new Map(
    section
      .slice(2, end)
      .split('\r\n')
      .map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
  );
  const body = Buffer.from(section.slice(end + 4), 'latin1');
  return { contentType: headers.get('content-type'), contentRange: headers.get('content-range'), body };
}
