/** Whether the registry answers at its doors on this machine, with which certificate, and what its clock says. Pure. */
import { type Finding, ok, problem, warning } from './finding.ts';

/** One way in, and what came out of it. */
export interface DoorReport {
  /** `host:port`, as clients name it. */
  readonly door: string;
  /** Why nobody answered; undefined: somebody did. */
  readonly failure: string | undefined;
  /** Whether it was the registry that answered. */
  readonly isRegistry: boolean;
  /** Of the answer. */
  readonly status: number | undefined;
  readonly certificate: CertificateReport | undefined;
  /** Milliseconds by which the clock of the registry is ahead of this machine's; undefined when it does not say. */
  readonly skew: number | undefined;
}

/** What a door's certificate says, and whether it is to be believed. */
export interface CertificateReport {
  readonly phase: 'early' | 'fresh' | 'due' | 'over';
  /** ISO 8601. */
  readonly notAfter: string;
  /** Whether the user's own authority has signed it. */
  readonly isOurs: boolean;
  /** Whether it is made out to the host. */
  readonly isForHost: boolean;
  readonly names: readonly string[];
}

/** Judges one door. */
export function judgeDoor(report: DoorReport, name: string): Finding[] {
  const { door, failure, isRegistry, status, certificate } = report;
  const again = `devreg create --name ${name}`;
  if (failure !== undefined) return [problem('door', 'DOOR_CLOSED', `Nobody answers at ${door}: ${failure}.`, again)];
  const wrong = certificate === undefined ? [] : judgeCertificate(door, certificate, again);
  if (!isRegistry)
    return [
      ...wrong,
      problem('door', 'DOOR_CLOSED', `What answers at ${door} is not the registry (status ${status}).`, again),
    ];
  if (wrong.length > 0) return wrong;
  const until = certificate === undefined ? ' without TLS' : `; its certificate is good until ${certificate.notAfter}`;
  return [ok('door', `The registry answers at ${door}${until}.`)];
}

function judgeCertificate(door: string, report: CertificateReport, fix: string): Finding[] {
  const { phase, notAfter, isOurs, isForHost, names } = report;
  const say = (code: string, message: string) => problem('door', code, message, fix);
  const found: Finding[] = [];
  if (phase === 'over') found.push(say('CERTIFICATE_EXPIRED', `The certificate at ${door} expired on ${notAfter}.`));
  if (phase === 'early')
    found.push(say('CERTIFICATE_EARLY', `The certificate at ${door} is not valid yet, by the clock of this machine.`));
  if (phase === 'due')
    found.push(warning('door', 'CERTIFICATE_DUE', `The certificate at ${door} expires on ${notAfter}.`, fix));
  if (!isOurs) found.push(say('CERTIFICATE_UNTRUSTED', `The certificate at ${door} is not from your own authority.`));
  if (!isForHost)
    found.push(say('CERTIFICATE_NAME', `The certificate at ${door} is made out to ${names.join(', ') || 'nobody'}.`));
  return found;
}

/** More than the second that the header leaves open, and a busy machine. */
const SKEW_MS = 30_000;

/** Whether the clocks of this machine and of the registry agree: tokens and certificates depend on it. */
export function judgeClock(doors: readonly DoorReport[]): Finding[] {
  const skew = doors.find((door) => door.skew !== undefined)?.skew;
  if (skew === undefined) return [];
  if (Math.abs(skew) < SKEW_MS) return [ok('clock', 'The clocks of this machine and of the registry agree.')];
  const seconds = Math.round(Math.abs(skew) / 1000);
  const message = `The clock of the registry is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} this machine's.`;
  return [warning('clock', 'CLOCK_SKEW', message, 'sudo timedatectl set-ntp true')];
}
