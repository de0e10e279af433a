/** Certificates that devreg did not make, for names of other people. */
import { join } from 'node:path';
import type { Machine } from './machine.ts';

/** Certificate and key, as paths. */
export interface PairPaths {
  readonly cert: string;
  readonly key: string;
}

/** Makes a CA of nobody's and a certificate of it. @returns the pair, and the CA's certificate */
export async function makeCertificate(
  machine: Machine,
  names: readonly string[],
): Promise<PairPaths & { readonly ca: string }> {
  const folder = join(machine.folder, `certificate-${names[0]}`);
  const [ca, caKey, cert, key] = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'].map((name) => join(folder, name));
  const alternatives = names.map((name) => `DNS:${name}`).join(',');
  await machine.sh(`
    mkdir -p ${folder}
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Test CA' -keyout ${caKey} -out ${ca}
    openssl req -newkey rsa:2048 -nodes -subj '/CN=${names[0]}' -addext subjectAltName=${alternatives} -keyout ${key} -out ${folder}/request
    openssl x509 -req -in ${folder}/request -CA ${ca} -CAkey ${caKey} -days 2 -copy_extensions copy -out ${cert}`);
  return { ca: `${ca}`, cert: `${cert}`, key: `${key}` };
}
