/** Builds X.509 certificates with node-forge and signs them with node:crypto, which does not block. */
import { randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { publicKeyToPem } from './keys.ts';

const signInThread = promisify(sign);

/** Attributes of a distinguished name, in order. */
export type NameFields = readonly forge.pki.CertificateField[];

/** An extension in node-forge's own words. */
export type Extension = Readonly<Record<string, unknown>>;

/** What a certificate says. */
export interface CertificateContent {
  readonly subject: NameFields;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
  /** The private key of the certificate's owner; only its public half is used. */
  readonly key: KeyObject;
}

/** Who signs: its name as in its own certificate, and its private RSA key. */
export interface Issuer {
  readonly subject: NameFields;
  readonly key: KeyObject;
}

/** Builds a certificate with a serial number of 128 random bits and signs it with SHA-256. */
export async function buildCertificate(content: CertificateContent, issuer: Issuer): Promise<X509Certificate> {
  const draft = forge.pki.createCertificate();
  draft.serialNumber = drawSerialNumber();
  draft.publicKey = forge.pki.publicKeyFromPem(publicKeyToPem(content.key));
  draft.validity.notBefore = content.notBefore;
  draft.validity.notAfter = content.notAfter;
  draft.setSubject([...content.subject]);
  draft.setIssuer([...issuer.subject]);
  draft.setExtensions(content.extensions.map((extension) => ({ ...extension })));
  return signDraft(draft, issuer.key);
}

/** 128 random bits after a byte of 1: positive, and without the leading zeros that node-forge would write against DER. */
function drawSerialNumber(): string {
  return `01${randomBytes(16).toString('hex')}`;
}

async function signDraft(draft: forge.pki.Certificate, key: KeyObject): Promise<X509Certificate> {
  const algorithm = forge.pki.oids['sha256WithRSAEncryption'] ?? '';
  draft.signatureOid = algorithm;
  draft.siginfo.algorithmOid = algorithm;
  draft.tbsCertificate = forge.pki.getTBSCertificate(draft);
  const signature = await signInThread('sha256', toBytes(draft.tbsCertificate), key);
  draft.signature = signature.toString('latin1');
  return new X509Certificate(toBytes(forge.pki.certificateToAsn1(draft)));
}

function toBytes(node: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1');
}
