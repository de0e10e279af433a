/** The commands to go on with after `create`: they work when pasted. Pure. */
import type { Client } from './client.ts';
import { quoteWord } from './shell.ts';

/** What the commands depend on. */
export interface NextFacts {
  /** The words that call this program. */
  readonly program: string;
  /** Undefined when a command without a name is about this registry. */
  readonly name: string | undefined;
  readonly client: Client | undefined;
  readonly user: string;
  /** The registry under its host, if that leads here, and under `localhost`. */
  readonly byHost: string | undefined;
  readonly byLocalhost: string;
  readonly tls: boolean;
  /** Whether there is a cluster to run the image in. */
  readonly isCluster: boolean;
}

/** An image that can be built anywhere, without pulling anything. */
const BUILD_FILE = String.raw`printf 'FROM scratch\nLABEL from=devreg\n'`;

/** @returns three commands: log in, and put an image into the registry */
export function nextCommands(facts: NextFacts): string[] {
  const { program, name, client, user, tls } = facts;
  const named = name === undefined ? '' : ` --name ${name}`;
  if (client === undefined) {
    const url = `http://${facts.byLocalhost}/v2/_catalog`;
    return [`${program} get secrets -p registry${named}`, `curl ${url}`, `${program} status${named}`];
  }
  // Docker's engine does not read the user's own certificates, but lets `localhost` be what it is.
  const registry = client === 'docker' ? facts.byLocalhost : (facts.byHost ?? facts.byLocalhost);
  const insecure = tls || client === 'docker' ? '' : ' --tls-verify=false';
  const login = `${program} get secrets -p registry -o password${named} | ${client} login -u ${quoteWord(user)} --password-stdin${insecure} ${registry}`;
  if (facts.isCluster && client !== 'skopeo') {
    const app = `${registry}/${namespaceOf(user)}app:1`;
    return [login, `${client} build -t ${app} . && ${client} push${insecure} ${app}`, `kubectl run app --image ${app}`];
  }
  if (client === 'skopeo') {
    const copy = insecure === '' ? '' : ' --dest-tls-verify=false';
    const image = `docker://${registry}/${namespaceOf(user)}alpine`;
    return [
      login,
      `skopeo copy${copy} docker://docker.io/library/alpine:latest ${image}:latest`,
      `skopeo list-tags${insecure} ${image}`,
    ];
  }
  const image = `${registry}/${namespaceOf(user)}hello`;
  return [login, `${BUILD_FILE} | ${client} build -t ${image} -`, `${client} push${insecure} ${image}`];
}

/** Users have their images below their own name, in lower case (S0-08), where that can be part of an image's name. */
function namespaceOf(user: string): string {
  const name = user.toLowerCase();
  return /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name) ? `${name}/` : '';
}
