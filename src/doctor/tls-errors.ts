/** Errors of certificates, and of TLS meeting plain HTTP. Pure. */
import {
  type KnownError,
  type Question,
  type Remedy,
  nameFlag,
  registryWords,
  remedyOfForeign,
  remedyOfStopped,
} from './question.ts';

/** The target of `devreg trust` that each client's words are about. */
const TARGET_OF: Readonly<Partial<Record<Question['client'], string>>> = {
  docker: 'docker',
  podman: 'podman',
  containerd: 'containerd',
  buildx: 'buildx',
  curl: 'system',
  node: 'node',
};

export const TLS_ERRORS: readonly KnownError[] = [
  {
    id: 'tls-to-plain-http',
    pattern:
      /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake|tls: unsupported SSLv2 handshake|SSL routines:[^\n]{0,300}wrong version number|ssl3_get_record:wrong version number/i,
    meaning: 'The client spoke TLS, and what listens there speaks plain HTTP alone.',
    explain: explainPlainServer,
  },
  {
    id: 'plain-http-to-tls',
    pattern:
      /malformed HTTP response "?\\x15\\x03|Client sent an HTTP request to an HTTPS server|Received HTTP\/0\.9 when not allowed/i,
    meaning: 'The client spoke plain HTTP, and what listens there speaks TLS alone.',
    explain(question) {
      const host = registryWords(question);
      const [byHost] = question.here?.names ?? [];
      const isIngress = byHost !== undefined && byHost === question.registry;
      const cause = isIngress
        ? `${host} is the registry's HTTPS port; its other name, ${question.here?.names.at(-1)}, understands both.`
        : `Something tells the client that ${host} is a registry on plain HTTP, such as insecure-registries or --plain-http.`;
      return {
        cause,
        commands: [
          `devreg untrust${targetWord(question)} --registry ${host}`,
          `devreg trust${targetWord(question)}${nameFlag(question)}`,
        ],
      };
    },
  },
  {
    id: 'certificate-name',
    pattern:
      /x509: certificate (?:is valid for|is not valid for any names)|no alternative certificate subject name matches|doesn't contain any IP SANs|Hostname\/IP does not match certificate's altnames|ERR_CERT_COMMON_NAME_INVALID/i,
    meaning: 'The certificate is not made out to the name by which the client asked.',
    explain(question) {
      const { here, registry } = question;
      if (here === undefined) return remedyOfForeign(question, 'Ask by a name that stands in its certificate.');
      const host = (registry ?? '').replace(/:\d+$/, '');
      return {
        cause: `${registryWords(question)} is not among the names of ${here.name}: ${here.names.join(', ')}.`,
        commands: [
          here.isCluster
            ? `devreg create${nameFlag(question)} --san ${host}`
            : `devreg create${nameFlag(question)} --host ${host}`,
        ],
      };
    },
  },
  {
    id: 'certificate-expired',
    pattern:
      /certificate has expired or is not yet valid|CERT_HAS_EXPIRED|certificate has expired|SSL certificate problem: certificate is not yet valid/i,
    meaning: "The certificate's time is over, or has not come, by the clock of the client.",
    explain: (question) => ({
      cause:
        'Either the certificate is old, which create renews, or a clock is wrong; that of a virtual machine stops while it sleeps.',
      commands: [`devreg create${nameFlag(question)}`, 'date -u'],
    }),
  },
  {
    id: 'unknown-authority',
    pattern:
      /certificate signed by unknown authority|x509: certificate is not trusted|unable to get local issuer certificate|self[- ]signed certificate|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|PKIX path building failed|ERR_CERT_AUTHORITY_INVALID|SEC_ERROR_UNKNOWN_ISSUER|remote error: tls: (?:bad certificate|unknown certificate authority)/i,
    meaning: 'The client does not know the authority that signed the certificate.',
    explain: explainUnknownAuthority,
  },
  {
    id: 'tls-handshake',
    pattern:
      /TLS handshake timeout|tls: handshake failure|remote error: tls: (?!bad certificate|unknown)|SSL_ERROR_SYSCALL/i,
    meaning: 'Client and server did not agree on TLS, or one of them fell silent meanwhile.',
    explain: (question) =>
      remedyOfStopped(question) ?? {
        cause: 'A proxy between them is the usual reason, or a machine that is very busy.',
        commands: ['devreg status', 'env | grep -i _proxy'],
      },
  },
];

function explainPlainServer(question: Question): Remedy {
  const { here, client } = question;
  const host = registryWords(question);
  const trusting = `devreg trust${targetWord(question)}`;
  if (client === 'helm')
    return {
      cause: `${host} speaks plain HTTP, which helm must be told with each command.`,
      commands: ['helm push CHART.tgz oci://REGISTRY/NAME --plain-http'],
    };
  if (here === undefined)
    return {
      ...remedyOfForeign(question, 'If it is to be believed without TLS, say so to the client.'),
      commands: [`${trusting} --insecure --registry ${host}`],
    };
  const stopped = remedyOfStopped(question);
  if (stopped !== undefined) return { ...stopped, cause: `${stopped.cause} Another program listens on its port.` };
  if (here.hasTls)
    return {
      cause: `${here.name} answers TLS as well as plain HTTP at ${here.names.join(' and ')}, so it is another program that answered at ${host}.`,
      commands: [
        'devreg status',
        ...(question.port === undefined ? [] : [`sudo ss -ltnp 'sport = :${question.port}'`]),
      ],
    };
  if (client === 'kubelet')
    return {
      cause: 'The nodes were not told that this registry speaks plain HTTP.',
      commands: [`devreg create${nameFlag(question)}`],
    };
  return {
    cause: `${here.name} was made without TLS, and the client was not told so.`,
    commands: [`${trusting} --insecure${nameFlag(question)}`],
  };
}

function explainUnknownAuthority(question: Question): Remedy {
  const { here, client, registry } = question;
  const trusting = `devreg trust${targetWord(question)}`;
  if (here === undefined)
    return {
      ...remedyOfForeign(question, 'Get the certificate of its authority from whoever runs it.'),
      commands: [`${trusting} --registry ${registry ?? 'HOST:PORT'} --ca-file CA.crt`],
    };
  if (client === 'kubelet')
    return {
      cause: `The nodes of ${here.name} do not have its authority; create writes it to every node.`,
      commands: [`devreg create${nameFlag(question)}`, `devreg get nodes${nameFlag(question)}`],
    };
  if (client === 'helm')
    return {
      cause: 'helm takes the authority with each command, or from the system.',
      commands: [`devreg trust system${nameFlag(question)}`],
    };
  const target = TARGET_OF[client];
  if (target !== undefined && here.trusting.includes(target))
    return {
      cause: `${target} has the authority of ${here.name} now. The text is from before, or from an engine on another machine, or another program answers.`,
      commands: [`devreg trust status -o wide${nameFlag(question)}`, 'devreg status'],
    };
  return {
    cause: `${here.name} has a certificate of your own authority, which ${target ?? 'the client'} was not told to trust.`,
    commands: [`${trusting}${nameFlag(question)}`, `devreg trust status -o wide${nameFlag(question)}`],
  };
}

function targetWord({ client, text }: Question): string {
  if (/PKIX path/.test(text)) return ' java';
  if (/ERR_CERT_|SEC_ERROR_/.test(text)) return ' nss';
  const target = TARGET_OF[client];
  return target === undefined ? '' : ` ${target}`;
}
