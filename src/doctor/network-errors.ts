/** Errors of connections, names and ports. Pure. */
import {
  type KnownError,
  type Question,
  type Remedy,
  nameFlag,
  registryWords,
  remedyOfForeign,
  remedyOfStopped,
} from './question.ts';

export const NETWORK_ERRORS: readonly KnownError[] = [
  {
    id: 'port-taken',
    pattern:
      /address already in use|port is already allocated|ports are not available|EADDRINUSE|Only one usage of each socket address/i,
    meaning: 'A program wants to listen on a port on which another one listens already.',
    explain: explainPortTaken,
  },
  {
    id: 'engine-down',
    pattern:
      /Cannot connect to the Docker daemon|Is the docker daemon running|dial unix [^\n]{0,300}docker\.sock: connect: (?:no such file|connection refused)|Cannot connect to Podman/i,
    meaning: 'The container engine does not run, or the client looks for it in another place.',
    explain: () => ({
      cause:
        'The registry may be fine: it is the engine that does not answer. DOCKER_HOST and docker context decide where it is looked for.',
      commands: ['sudo systemctl start docker', 'docker context ls'],
    }),
  },
  {
    id: 'engine-denied',
    pattern:
      /permission denied while trying to connect to the Docker daemon|dial unix [^\n]{0,300}docker\.sock: connect: permission denied/i,
    meaning: "This user may not use the container engine's socket.",
    explain: () => ({
      cause: 'Users of the group docker may, from their next login on; they are as good as root then.',
      commands: ['sudo usermod -aG docker "$USER"'],
    }),
  },
  {
    id: 'connection-refused',
    pattern: /connection refused|ECONNREFUSED|Failed to connect to \S+ port \d+|actively refused it/i,
    meaning: 'Nothing listens at that address.',
    explain: explainRefused,
  },
  {
    id: 'name-unknown-to-dns',
    pattern:
      /no such host|Could not resolve host|ENOTFOUND|EAI_AGAIN|Temporary failure in name resolution|server misbehaving|Name or service not known|lookup \S+ on \S+: read udp/i,
    meaning: 'The name leads nowhere: neither the hosts file nor DNS knows it.',
    explain: explainLostName,
  },
  {
    id: 'proxy',
    pattern: /proxyconnect tcp|407 Proxy Authentication Required|from proxy after CONNECT/i,
    meaning: 'The client asked a proxy to reach the registry, which the proxy did not.',
    explain: (question) => ({
      cause: `Names of this machine must not go through a proxy, and ${registryWords(question)} did.`,
      commands: [
        `export NO_PROXY="$NO_PROXY,localhost,127.0.0.1,.localtest.me"`,
        'docker info --format "{{.HTTPProxy}} {{.NoProxy}}"',
      ],
    }),
  },
  {
    id: 'timeout',
    pattern:
      /i\/o timeout|context deadline exceeded|Client\.Timeout exceeded|request canceled while waiting for connection|ETIMEDOUT|Operation timed out|Connection timed out|net\/http: timeout/i,
    meaning: 'No answer came in time.',
    explain: (question) =>
      remedyOfStopped(question) ??
      (question.here === undefined
        ? remedyOfForeign(question, 'A firewall or a proxy on the way is the usual reason.')
        : {
            cause:
              question.resolves === false
                ? `${registryWords(question)} does not lead to this machine.`
                : 'The registry runs. A machine that is out of memory or processor, a proxy, or a firewall is the usual reason.',
            commands: ['devreg status', `devreg logs registry${nameFlag(question)}`],
          }),
  },
  {
    id: 'connection-broken',
    pattern:
      /connection reset by peer|ECONNRESET|broken pipe|unexpected EOF|: EOF\b|http2: server sent GOAWAY|use of closed network connection|server closed idle connection|Empty reply from server/i,
    meaning: 'The connection broke while something was under way.',
    explain: (question) =>
      remedyOfStopped(question) ?? {
        cause:
          'What was pushed so far is kept, so that trying again goes on from there. The log tells whether the registry ended it.',
        commands: [`devreg logs registry${nameFlag(question)}`],
      },
  },
  {
    id: 'too-large',
    pattern: /413 Request Entity Too Large|status(?: code)?:? 413|client intended to send too large body/i,
    meaning: 'A proxy on the way refuses bodies of this size.',
    explain: (question) => ({
      cause:
        "devreg's registry and ingress have no such limit for layers: it is another proxy, such as nginx with its 1 MB.",
      commands: [
        `devreg status -o wide`,
        ...(question.here === undefined ? [] : [`curl -sI http://${question.here.names.at(-1)}/v2/`]),
      ],
    }),
  },
];

function explainPortTaken(question: Question): Remedy {
  const { port, holder, all } = question;
  const words = port === undefined ? 'the port' : `port ${port}`;
  const owner = all.find(({ names }) => port !== undefined && names.some((name) => name.endsWith(`:${port}`)));
  if (owner !== undefined && owner.state === 'running')
    return {
      cause: `The registry ${owner.name} of devreg listens on ${words}.`,
      commands: [`devreg delete --name ${owner.name}`, `devreg create --name OTHER --port 0 --registry-port 0`],
    };
  const by = holder === undefined ? 'a program of another user, or one that the system does not tell' : holder;
  const look = port === undefined ? 'sudo ss -ltnp' : `sudo ss -ltnp 'sport = :${port}'`;
  return {
    cause: `On ${words} listens ${by}.${port === 5000 || port === 7000 ? ' On macOS that is AirPlay.' : ''}`,
    commands: [look, 'devreg create --port 0 --registry-port 0'],
  };
}

function explainRefused(question: Question): Remedy {
  const { here, client, port, registry } = question;
  const stopped = remedyOfStopped(question);
  if (stopped !== undefined) return stopped;
  if (here === undefined) return remedyOfForeign(question, 'Start whatever is to listen there, or correct the port.');
  if (client === 'kubelet')
    return {
      cause: `On a node, localhost is the node itself. create writes to every node how ${here.names.join(' and ')} are reached.`,
      commands: [`devreg create${nameFlag(question)}`, `kubectl get pods,services -n ${here.namespace}`],
    };
  if (port !== undefined && port === here.nodePort)
    return {
      cause: `Port ${port} is that of ${here.name} on the nodes of its cluster. On this machine it is ${here.names.join(' and ')}, and answers.`,
      commands: ['devreg status -o wide', `kubectl get pods,services -n ${here.namespace}`],
    };
  const isListed = here.names.some((name) => name === registry || name.endsWith(`:${port}`));
  if (!isListed)
    return {
      cause: `${here.name} listens as ${here.names.join(' and ')}, not on port ${port}.`,
      commands: ['devreg status'],
    };
  return {
    cause: `${here.name} runs and answers here. The client is elsewhere: in a container or a virtual machine localhost is that one.`,
    commands: ['devreg status -o wide', ...(here.isCluster ? [`kubectl get pods,services -n ${here.namespace}`] : [])],
  };
}

function explainLostName(question: Question): Remedy {
  const { here, resolves, client } = question;
  const host = (question.registry ?? here?.names[0] ?? 'the name').replace(/:\d+$/, '');
  if (here === undefined) return remedyOfForeign(question, `Correct the name, or ask whoever runs ${host}.`);
  if (client === 'kubelet')
    return { cause: `Nodes and pods learn ${host} from devreg.`, commands: [`devreg create${nameFlag(question)}`] };
  if (resolves === true)
    return {
      cause: `${host} leads here now. Without a network, or in a container, it does not: localhost does.`,
      commands: [`docker tag IMAGE ${here.names.at(-1)}/NAME`],
    };
  return {
    cause: `${host} leads nowhere from here; ${here.names.at(-1)} is the same registry and needs no name service.`,
    commands: [`echo '127.0.0.1 ${host}' | sudo tee -a /etc/hosts`],
  };
}
