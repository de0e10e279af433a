/** Knocks at a registry's door without believing anything, and tells who answered. */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { describeCertificate } from '../../certs/certificate-facts.ts';
import { phaseOf } from '../../certs/validity.ts';
import type { CertificateReport, DoorReport } from '../../doctor/check-doors.ts';
import { type Door, openRequest } from '../door.ts';

/** A door that is silent for longer is shut. */
const SILENCE_MS = 5_000;

/**
 * Asks for the registry's API.
 * @param door its authority is what certificates are measured by
 */
export async function readDoor(target: Door, now: () => Date, signal: AbortSignal): Promise<DoorReport> {
  const { host, port, authority } = target;
  const door = `${host}:${port}`;
  const nobody = { door, isRegistry: false, status: undefined, certificate: undefined, skew: undefined };
  try {
    const sent = now().getTime();
    const answer = await knock(target, signal);
    const received = now().getTime();
    answer.resume();
    const { socket, headers, statusCode } = answer;
    return {
      door,
      failure: undefined,
      isRegistry: headers['docker-distribution-api-version'] === 'registry/2.0' && [200, 401].includes(statusCode ?? 0),
      status: statusCode,
      certificate: socket instanceof TLSSocket ? certificateOf(socket, host, authority, now()) : undefined,
      skew: skewOf(headers.date, sent, received),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { ...nobody, failure: error instanceof Error ? error.message.replace(/[.\s]+$/, '') : String(error) };
  }
}

function knock(door: Door, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // What is wrong with the certificate is for the findings to say.
  const request = openRequest(door, { path: '/v2/', timeout: SILENCE_MS, signal, rejectUnauthorized: false });
  request.once('error', reject);
  request.once('timeout', () => request.destroy(new Error('no answer')));
  request.once('response', resolve);
  request.end();
  return promise;
}

function certificateOf(
  socket: TLSSocket,
  host: string,
  authority: string | undefined,
  now: Date,
): CertificateReport | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || authority === undefined) return undefined;
  const { names, notAfter } = describeCertificate(certificate);
  const ca = new X509Certificate(authority);
  return {
    phase: phaseOf(certificate, now),
    notAfter: notAfter.toISOString().slice(0, 10),
    isOurs: certificate.checkIssued(ca) && certificate.verify(ca.publicKey),
    isForHost: certificate.checkHost(host) !== undefined || certificate.checkIP(host) !== undefined,
    names,
  };
}

/** The header tells whole seconds of a moment between sending and receiving. */
function skewOf(date: string | undefined, sent: number, received: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  if (theirs > received) return theirs - received;
  return theirs + 1000 < sent ? theirs + 1000 - sent : 0;
}
