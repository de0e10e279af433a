/** Errors of logins and rights. Pure. */
import { type KnownError, type Question, type Remedy, nameFlag, registryWords, remedyOfForeign } from './question.ts';

export const ACCESS_ERRORS: readonly KnownError[] = [
  {
    id: 'rate-limit',
    pattern: /toomanyrequests|429 Too Many Requests|pull rate limit|too many requests/i,
    meaning: 'The registry answers no more requests of this client for a while.',
    explain(question) {
      if (question.here === undefined)
        return {
          cause: 'Docker Hub and others count pulls by address. Pull once, keep a copy, and name that copy.',
          commands: ['docker login'],
        };
      return {
        cause: `Many wrong logins in a short time make ${question.here.name} slow down. A client that goes on with an old password is the usual reason.`,
        commands: [`devreg login${nameFlag(question)}`, `devreg logs registry${nameFlag(question)}`],
      };
    },
  },
  {
    id: 'stale-login',
    pattern:
      /Stored credentials invalid or expired|invalid username\/password|incorrect username or password|Login did not succeed|login attempt to \S+ failed with status: 401/i,
    meaning: 'The user or the password is not right; perhaps it was once.',
    explain: (question) => explainLogin(question, 'The password that was given, or kept, is not that of the registry'),
  },
  {
    id: 'no-credentials',
    pattern: /no basic auth credentials|credentials not found in native keychain|no credentials server URL/i,
    meaning: 'The client has no login for this registry.',
    explain: (question) => explainLogin(question, 'Writing needs a login, and the client has none'),
  },
  {
    id: 'credential-helper',
    pattern:
      /docker-credential-\S+["`]?:? (?:executable file not found|resolves to executable)|error (?:getting|saving|storing) credentials|exec: "docker-credential-/i,
    meaning: "The program that keeps the client's credentials is missing, or failed.",
    explain: (question) => ({
      cause: 'The client must find docker-credential-… on its PATH, which that of another shell may lack.',
      commands: [`devreg login${nameFlag(question)}`, 'command -v docker-credential-devreg'],
    }),
  },
  {
    id: 'hub-meant',
    pattern:
      /pull access denied for (?![^\s,]*[.:][^\s,]*\/)\S+|push access denied[^\n]{0,300}docker\.io|requested access to the resource is denied[^\n]{0,300}docker\.io|docker\.io\/\S+[^\n]{0,300}(?:insufficient_scope|access denied)|The push refers to repository \[docker\.io/i,
    meaning: 'An image without the name of a registry is looked for at Docker Hub.',
    explain({ text, here, all }) {
      const name = /access denied for ([^\s,]+)/.exec(text)?.[1] ?? 'NAME';
      const prefix = (here ?? all[0])?.names.at(-1) ?? 'localhost:5001';
      return {
        cause: `${name} does not begin with the name of a registry, so Docker Hub was asked.`,
        commands: [`docker tag ${name} ${prefix}/${name}`, `docker push ${prefix}/${name}`],
      };
    },
  },
  {
    id: 'denied',
    pattern:
      /\bDENIED\b|denied: |access to the resource is denied|403 Forbidden|insufficient_scope|status(?: code)?:? 403|authorization failed/i,
    meaning: 'Whoever is logged in may not do this.',
    explain(question) {
      if (question.here === undefined) return remedyOfForeign(question, 'Ask whoever runs it for the right.');
      return {
        cause: `Somebody else than the administrator of ${question.here.name} is logged in, or a token that is for less.`,
        commands: [`devreg login${nameFlag(question)}`, `devreg get secrets${nameFlag(question)}`],
      };
    },
  },
  {
    id: 'unauthorized',
    pattern:
      /\bunauthorized\b|authentication required|401 Unauthorized|status(?: code)?:? 401|failed to authorize|failed to fetch (?:anonymous|oauth) token/i,
    meaning: 'The registry wants a login for this.',
    explain: (question) => explainLogin(question, 'The client did not log in, or its login is not right'),
  },
];

function explainLogin(question: Question, cause: string): Remedy {
  const { here, client } = question;
  const host = registryWords(question);
  if (here === undefined) return { ...remedyOfForeign(question, `${cause}.`), commands: [`docker login ${host}`] };
  if (client === 'kubelet')
    return {
      cause: `Pulling from ${here.name} needs no login unless it was made so; the pod then needs a pull secret.`,
      commands: [`devreg get secrets${nameFlag(question)} -o k8s | kubectl apply -f -`],
    };
  const asks = client === 'podman' || client === 'helm' ? client : 'docker';
  const isKept = here.loggedIn.includes(asks);
  const state = isKept
    ? `${asks} has a login for ${host}, which may be from before the password changed`
    : `${asks} has no login for ${host}`;
  return { cause: `${cause}: ${state}.`, commands: [`devreg login${nameFlag(question)}`] };
}
