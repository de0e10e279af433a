/** When a certificate is valid, read out of its text alone: every command asks, and Node's cryptography takes long to load. */
import type { Validity } from './validity.ts';

const [INTEGER, SEQUENCE, VERSION] = [0x02, 0x30, 0xa0];
const [UTC_TIME, GENERALIZED_TIME] = [0x17, 0x18];

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/;
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** A value in DER (X.690, 8.1). */
interface Value {
  readonly tag: number;
  readonly content: Buffer;
}

/**
 * Reads the validity of the first certificate in PEM (RFC 5280, 4.1.2.5).
 * @returns undefined where the text is not as expected; it may be a certificate all the same
 */
export function readValidity(text: string): Validity | undefined {
  const der = Buffer.from(CERTIFICATE.exec(text)?.[1] ?? '', 'base64');
  const [certificate] = valuesIn(der);
  const [signed] = valuesIn(contentOf(certificate, SEQUENCE));
  const fields = valuesIn(contentOf(signed, SEQUENCE)).filter(({ tag }) => tag !== VERSION);
  const [serial, _algorithm, _issuer, validity] = fields;
  if (serial?.tag !== INTEGER) return undefined;
  const [from, to] = valuesIn(contentOf(validity, SEQUENCE)).map(timeOf);
  return from === undefined || to === undefined ? undefined : { validFromDate: from, validToDate: to };
}

function contentOf(value: Value | undefined, tag: number): Buffer {
  return value?.tag === tag ? value.content : Buffer.alloc(0);
}

/** The values that stand one after the other; what is cut off ends them. */
function valuesIn(der: Buffer): Value[] {
  const values: Value[] = [];
  for (let at = 0; at + 2 <= der.length;) {
    const [tag = 0, short = 0] = der.subarray(at, at + 2);
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    const start = at + 2 + lengthBytes;
    if (lengthBytes > 4 || start > der.length) break;
    const length = lengthBytes === 0 ? short : der.readUIntBE(at + 2, lengthBytes);
    if (start + length > der.length || (short & 0x80 && lengthBytes === 0)) break;
    values.push({ tag, content: der.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

/** Years of two digits are 1950 to 2049. */
function timeOf({ tag, content }: Value): Date | undefined {
  const digits = content.toString('latin1');
  const century = digits < '50' ? '20' : '19';
  const whole = tag === UTC_TIME ? century + digits : tag === GENERALIZED_TIME ? digits : '';
  const [, ...parts] = TIME.exec(whole) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  return year === undefined ? undefined : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
