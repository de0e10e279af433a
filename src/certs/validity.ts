/** How long certificates live, and when one is due. */
const DAY = 24 * 60 * 60 * 1000;

/** A certificate is valid from a day ago: clocks of virtual machines fall behind while the host sleeps. */
const BACKDATED_DAYS = 1;

/** Below this much left a certificate is due. */
const RENEWAL_DAYS = 30;

/** From when to when a certificate is valid, as Node's certificates tell it. */
export interface Validity {
  readonly validFromDate: Date;
  readonly validToDate: Date;
}

/** Where a moment lies in the life of a certificate. */
export type Phase = 'early' | 'fresh' | 'due' | 'over';

/** From a little before now until so many days after it. */
export function validityFrom(now: Date, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: daysAfter(now, -BACKDATED_DAYS), notAfter: daysAfter(now, days) };
}

/** @returns `early` before its time, `due` in its last 30 days, `over` after its end, else `fresh` */
export function phaseOf(certificate: Validity, now: Date): Phase {
  if (now < certificate.validFromDate) return 'early';
  if (now > certificate.validToDate) return 'over';
  return daysAfter(now, RENEWAL_DAYS) > certificate.validToDate ? 'due' : 'fresh';
}

function daysAfter(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY);
}
