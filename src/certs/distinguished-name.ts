/** Distinguished names of certificates, written and read so that an issuer equals its own subject byte for byte. */
import forge from 'node-forge';
import type { NameFields } from './certificate.ts';

/** RFC 5280 appendix A: an attribute of a name has at most this many characters. */
const LONGEST_ATTRIBUTE = 64;

/** Tag of UTF8String; node-forge's types take a class where its code takes a tag. */
const UTF8_STRING: number = forge.asn1.Type.UTF8;

/** Builds a name; values are cut to what X.509 allows, and control characters become blanks. */
export function toNameFields(attributes: Readonly<Record<string, string>>): NameFields {
  return Object.entries(attributes).map(([name, text]) => {
    const value = Array.from(text.replaceAll(/\p{C}/gu, ' ')).slice(0, LONGEST_ATTRIBUTE).join('');
    return { name, value, valueTagClass: UTF8_STRING };
  });
}

/** Reads a certificate's subject; node-forge gives UTF-8 as bytes but takes it as characters. */
export function subjectOf(certificate: forge.pki.Certificate): NameFields {
  return certificate.subject.attributes.map((field) => {
    const isUtf8 = field.valueTagClass === UTF8_STRING && typeof field.value === 'string';
    return isUtf8 ? { ...field, value: forge.util.decodeUtf8(String(field.value)) } : field;
  });
}
