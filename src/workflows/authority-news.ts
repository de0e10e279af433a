/** What people should know of an authority that has just come about. */
import type { Progress } from './progress.ts';
import type { ServerCertificate } from './server-certificate.ts';

/** Says that an authority is new, if it is. */
export function announceAuthority({ ca }: ServerCertificate, progress: Progress): void {
  if (ca.outcome === 'made') progress.note(`Made a certificate authority for this user, ${ca.file}.`);
  if (ca.outcome === 'renewed') {
    progress.warn(
      `The certificate authority was due and has been renewed: trust ${ca.file} wherever you trusted it by hand.`,
    );
  }
}
