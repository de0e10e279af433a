/** A registry's credentials in the forms that clients and clusters take as they are. Pure. */
import type { Credentials } from '../state/credentials.ts';
import type { AnyRecord } from '../state/record.ts';
import { SERVICE_PORT, serviceOf } from './cluster/registry-names.ts';
import { loginNames } from './login-names.ts';

/** A registry, and what its administrator logs in with. */
export interface SecretSource {
  readonly record: AnyRecord;
  readonly credentials: Credentials;
}

/** What docker has in its `config.json`, and pull secrets in `.dockerconfigjson`. */
export interface DockerConfig {
  readonly auths: Readonly<
    Record<string, { readonly username: string; readonly password: string; readonly auth: string }>
  >;
}

/** A Secret of Kubernetes for `imagePullSecrets`; it has no namespace, and so goes where kubectl is told to. */
export interface PullSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly type: 'kubernetes.io/dockerconfigjson';
  readonly data: { readonly '.dockerconfigjson': string };
}

/** The credentials for every name of the registry, in a cluster that of its Service, too. */
export function dockerConfigOf({ record, credentials }: SecretSource): DockerConfig {
  const { password } = credentials;
  const username = record.settings.user;
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const names = [
    ...loginNames(record),
    ...(record.provider === 'kind' ? [`${serviceOf(record.settings)}:${SERVICE_PORT}`] : []),
  ];
  return { auths: Object.fromEntries(names.map((name) => [name, { username, password, auth }])) };
}

/** The pull secret. */
export function pullSecretOf(source: SecretSource): PullSecret {
  const config = JSON.stringify(dockerConfigOf(source));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${source.record.name}-registry`, labels: { 'app.kubernetes.io/managed-by': 'devreg' } },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
  };
}
