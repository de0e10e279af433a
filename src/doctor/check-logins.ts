/** Whether the logins that clients keep are still good. Pure. */
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

/** A login that a client keeps. */
export interface LoginReport {
  /** As `devreg login --client` calls it. */
  readonly client: string;
  readonly registry: string;
  /** `unknown` when only the client itself could tell. */
  readonly state: 'good' | 'stale' | 'unknown';
}

/** Judges the logins of a registry (S0-23). */
export function judgeLogins(logins: readonly LoginReport[], name: string): Finding[] {
  const stale = logins.filter(({ state }) => state === 'stale');
  if (stale.length > 0)
    return [...new Set(stale.map(({ client }) => client))].map((client) => {
      const registries = stale.filter((login) => login.client === client).map(({ registry }) => registry);
      const message = `${client} keeps a login for ${registries.join(', ')} that the registry does not take any more.`;
      return warning('login', 'LOGIN_STALE', message, `devreg login --name ${name} --client ${client}`);
    });
  if (logins.length === 0) return [skipped('login', `No client is logged in. devreg login --name ${name} does it.`)];
  const good = logins.filter(({ state }) => state === 'good').map(({ client }) => client);
  const clients = [...new Set(good)].join(', ');
  return [
    good.length === 0
      ? skipped('login', 'Only the clients themselves know their logins.')
      : ok('login', `${clients}: logged in.`),
  ];
}

/**
 * Judges the administrator's password.
 * @param state `lost` when devreg has none any more; `unknown` when the registry cannot be asked
 */
export function judgePassword(state: 'good' | 'refused' | 'lost' | 'unknown', user: string, name: string): Finding {
  const fix = `devreg create --name ${name}`;
  switch (state) {
    case 'good':
      return ok('password', `The registry knows ${user} and the password that devreg keeps.`);
    case 'refused':
      return problem('password', 'PASSWORD_REFUSED', `The registry does not take the password of ${user}.`, fix);
    case 'lost':
      return problem(
        'password',
        'CREDENTIALS_LOST',
        `The password of ${user} for ${name} is not kept any more.`,
        `devreg rotate --name ${name}`,
      );
    case 'unknown':
      return skipped('password', `The registry cannot be asked about the password of ${user}.`);
  }
}
