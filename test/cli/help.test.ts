/** Help and wrong usage, as users see them. */
import { expect, it } from 'vitest';
import { makeWorld } from './support/world.ts';

const COMMANDS = [
  [],
  ['create'],
  ['delete'],
  ['status'],
  ['get'],
  ['get', 'secrets'],
  ['registry'],
  ['registry', 'backup'],
  ['backup'],
  ['restore'],
  ['registry', 'serve'],
  ['registry', 'gc'],
  ['registry', 'rebuild'],
  ['user'],
  ['user', 'add'],
  ['user', 'list'],
  ['user', 'passwd'],
  ['user', 'rm'],
  ['token'],
  ['token', 'create'],
  ['token', 'list'],
  ['token', 'revoke'],
  ['permission'],
  ['permission', 'grant'],
  ['permission', 'revoke'],
  ['permission', 'list'],
  ['policy'],
  ['policy', 'add'],
  ['policy', 'rm'],
  ['policy', 'list'],
  ['config'],
  ['config', 'view'],
  ['config', 'path'],
  ['config', 'schema'],
  ['config', 'render', 'kind'],
  ['completion'],
  ['version'],
];

it.each(COMMANDS)('devreg %s %s has help with two examples at least', async (...words) => {
  await using world = await makeWorld({ withAuthority: false });
  const { stdout, stderr, exitCode } = await world.run([...words.filter((word) => word !== undefined), '--help']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const [, examples = ''] = stdout.split('\nExamples:\n');
  expect(examples.match(/^ {2}# .+\n {2}devreg /gm)?.length).toBeGreaterThanOrEqual(2);
  for (const line of stdout.split('\nExamples:\n')[0]?.split('\n') ?? []) expect(line.length).toBeLessThanOrEqual(100);
});

it('shows an overview', async () => {
  await using world = await makeWorld({ withAuthority: false });
  expect((await world.run(['--help'])).stdout).toMatchInlineSnapshot(`
    "Usage: devreg [options] [command]

    A local Kubernetes cluster with its own OCI registry, TLS and credentials, in one command.

    Options:
      -V, --version                   show the version
      -l, --log-level <level>         how much to say: error, warn, info or debug (default: info)
      --color <when>                  colour: auto, always or never (default: auto)
      --progress <how>                how to show what goes on: text, or json for one object a line
                                      (default: text)
      -y, --yes                       answer every question with yes
      --config <file>                 a configuration file in the place of devreg.yaml
      -h, --help                      show help

    Commands:
      create [options]                make a cluster with a registry
      delete [options]                remove a cluster or a registry, and take back what create wrote
      start [options]                 run a registry or a cluster again that was stopped or ended with
                                      the machine
      stop [options]                  end a registry or a cluster, and keep everything for start
      status [options]                show which registries run, where, and since when
      get                             show credentials, clusters, nodes, images
      images|image                    list, inspect, copy, sync, delete images
      login [options] [registry]      log docker, podman, helm, crane and regctl in
      logout [options] [registry]     log registry clients out
      rotate [options]                draw a new password and a new token
      user                            add, list and remove users of a registry
      token                           create, list and revoke access tokens
      permission                      say who may pull, push, delete
      policy                          keep names with their owners, and tags where they are
      logs [options] [source]         show what the registry says
      registry                        run the registry by itself
      backup [options] <file>         back up a registry, also while it runs
      restore [options] <file>        make a data folder from a backup
      trust                           make docker, podman and others trust a registry
      untrust [options] [targets...]  take back what trust wrote, and nothing else
      config                          show what configuration files and variables ask for
      completion <shell>              show what a shell needs to complete command lines
      doctor [options]                find out why something does not work
      version [options]               show the version
      help [command]                  show help about a command

    Examples:
      # make a cluster with a registry
      devreg create

      # what to log in with
      devreg get secrets

    Each option has a variable: --registry-port is DEVREG_REGISTRY_PORT. Flags count before variables, and these before
    devreg.yaml and the configuration of the user; see devreg config --help.
    DEVREG_NO_INPUT=1 never asks, NO_COLOR=1 and FORCE_COLOR=1 are heeded.

    Exit codes: 0 done, 1 failure, 2 wrong usage, 3 not found, 4 credentials refused, 5 conflict (port, folder),
    6 something missing on this machine, 7 too slow, 8 problems were found, 130 interrupted.
    "
  `);
});

it('shows what create can do', async () => {
  await using world = await makeWorld({ withAuthority: false });
  expect((await world.run(['help', 'create'])).stdout).toMatchInlineSnapshot(`
    "Usage: devreg create [options]

    Make a Kubernetes cluster with a registry, TLS and credentials; where there is no container engine,
    the registry alone, as a process. Run it again to bring everything to what you ask for: images and
    password stay.

    Options:
      --name <name>               name (default: the only one there is, else devreg)
      --profile <profile>         host, ports, user and more as others have them: idpbuilder, raibid or
                                  plain; other options count before it
      --provider <where>          kind, or process (default: kind where docker and kind are there)
      --host <name>               name that clients use, in the certificate (default:
                                  registry.localtest.me)
      --port <port>               port that goes with the host, 0 for any free one (default: 8443)
      --registry-port <port>      port that goes with localhost, 0 for any free one (default: 5001)
      --protocol <protocol>       https, or http without any certificate (default: https)
      --tls <when>                auto or off; off is --protocol http (default: auto)
      --user <name>               administrator (default: giteaAdmin)
      --password-file <file>      a password of your own (default: one that is drawn)
      --dev-password              the password developer, which everybody knows
      --data-dir <folder>         folder of this machine for the images; it outlives the cluster
      --durability <how>          full: a push survives a power cut; fast: the death of the process
                                  (default: full)
      --timeout <time>            how long it may take, such as 30s or 10m (default: 5m; 60s for a
                                  process)
      --rotate-password           draw a new password and a new token
      -o, --output <format>       text, json or yaml (default: text)
      --ci                        for a job of a CI: a name and ports of its own, no questions (default:
                                  no questions where CI is set)
      --output-password           tell later steps of a GitHub job the password, too
      -n, --no-exit               stay when all is done, until interrupted
      -h, --help                  show help

    Options for clusters:
      --engine <engine>           docker, podman or auto (default: the one kind is told to take, else
                                  the first there)
      --listen <address>          IPv4 address of the engine's machine to publish on, 0.0.0.0 for all
                                  (default: 127.0.0.1 here; elsewhere the engine's)
      --workers <number>          worker nodes beside the control plane (default: 0)
      --kube-version <version>    version of Kubernetes, such as v1.34.0: kindest/node of it
      --node-image <image>        image of the nodes, such as kindest/node:v1.34.0
      --kind-config <source>      a file, a URL or - with a kind configuration to build upon
      --extra-ports <pairs>       more ports of this machine into the control plane, such as
                                  22:32222,80:30080
      --ingress <which>           traefik or none (default: traefik)
      --ingress-host-name <name>  name by which a proxy of yours in front of the ingress asks for the
                                  registry
      --san <name...>             more names of the registry, on this machine, on nodes and in pods
      --use-path-routing          name images by a path, too: localtest.me:8443/registry/NAME
      --namespace <name>          namespace of all that devreg makes (default: devreg)
      --service-name <name>       name of the registry's Service (default: registry)
      --service-type <type>       ClusterIP or NodePort; NodePort is without ingress, at localhost,
                                  where nothing else is said (default: ClusterIP)
      --node-port <port>          port of the nodes that leads to the registry (default: 30050)
      --app-name <label>          label app.kubernetes.io/name of the registry (default: registry)
      --storage-size <size>       room for images (default: 10Gi)
      --storage-class <name>      storage class for the images; local-path is made if need be (default:
                                  a folder of the control plane)
      --registry-image <image>    an image to run instead of the one that comes with devreg
      --registry-config [files]   logins for other registries that nodes pull with: the first of these
                                  files that is there (default: podman's auth.json, docker's
                                  config.json)
      --hosts-file                write names that do not resolve into /etc/hosts; devreg delete takes
                                  them out
      --login                     log docker and podman in
      --recreate                  remove a cluster that is there first
      --keep-on-failure           keep what was begun when something fails
      --dry-run                   show what would be made, or of a cluster that is there what would
                                  change; -o yaml: all manifests

    Global Options:
      -V, --version               show the version
      -l, --log-level <level>     how much to say: error, warn, info or debug (default: info)
      --color <when>              colour: auto, always or never (default: auto)
      --progress <how>            how to show what goes on: text, or json for one object a line
                                  (default: text)
      -y, --yes                   answer every question with yes
      --config <file>             a configuration file in the place of devreg.yaml

    Examples:
      # a cluster, and a registry at registry.localtest.me:8443 and localhost:5001
      devreg create --hosts-file --login

      # one with two more nodes
      devreg create --workers 2 --name big

      # the registry of idpbuilder, by its own names
      devreg create --profile idpbuilder

      # a registry alone, on ports of its own
      devreg create --provider process --port 0 --registry-port 0 -o json

      # what would be made, or changed
      devreg create --dry-run

      # a new password for the one that runs
      devreg create --rotate-password
    "
  `);
});

it.each([
  ['creat', 2, "error: Unknown command 'creat'.\n  Did you mean create? See devreg --help.\n  code: USAGE\n"],
  [
    'create --nam x',
    2,
    "error: Unknown option '--nam'.\n  Did you mean --name? See devreg create --help.\n  code: USAGE\n",
  ],
  [
    'get secret --nam x',
    2,
    "error: Unknown option '--nam'.\n  Did you mean --name? See devreg get secret --help.\n  code: USAGE\n",
  ],
  ['create --port', 2, "error: Option '--port <port>' argument missing.\n  See devreg create --help.\n  code: USAGE\n"],
  [
    'create dev',
    2,
    "error: Too many arguments for 'create'. Expected 0 arguments but got 1: dev.\n  See devreg create --help.\n  code: USAGE\n",
  ],
  [
    'create --port 1e3 --tls maybe',
    2,
    'error: --port must be a port, 0 to 65535, not "1e3"; --tls must be auto or off, not "maybe".\n  code: CONFIG_INVALID\n',
  ],
  [
    'create --user a:b',
    2,
    'error: --user must be a name without colons, blanks and control characters, not "a:b".\n  code: CONFIG_INVALID\n',
  ],
  ['status -l loud', 2, 'error: --log-level must be error, warn, info or debug, not "loud".\n  code: CONFIG_INVALID\n'],
  [
    'status -o xml',
    2,
    'error: There is no output format "xml" here.\n  Choose one of table, wide, json, yaml, name, jsonpath=….\n  code: OUTPUT_UNKNOWN\n',
  ],
  ['status', 3, 'error: There is no registry.\n  Make one with devreg create.\n  code: REGISTRY_NOT_FOUND\n'],
  [
    'status --name x',
    3,
    'error: There is no registry called x.\n  Make one with devreg create.\n  code: REGISTRY_NOT_FOUND\n',
  ],
  [
    'delete --name ../x',
    2,
    'error: "../x" cannot be a name.\n  Use up to 50 lower-case letters, digits, dots and dashes, with a letter or digit at both ends.\n  code: NAME_REFUSED\n',
  ],
  [
    'create --provider kind',
    6,
    'error: There is no container engine: neither docker nor podman is on the PATH.\n  Install Docker or Podman, or choose `--provider process` to run the registry without a cluster.\n  code: ENGINE_ABSENT\n',
  ],
  [
    'create --workers 2 --ingress none',
    2,
    'There is no container engine: neither docker nor podman is on the PATH. So the registry runs as a process of this machine. For a cluster, install Docker and kind.\n' +
      'error: --workers and --ingress count for clusters only, and this registry is a process.\n  Install Docker and kind, or leave the option out.\n  code: OPTIONS_CLASH\n',
  ],
  [
    'registry rebuild',
    2,
    'error: Which data? Give --data-dir.\n  devreg status -o wide shows where registries keep theirs.\n  code: OPTION_MISSING\n',
  ],
])('devreg %s fails with %i and says why', async (line, exitCode, stderr) => {
  await using world = await makeWorld({ withAuthority: false });
  expect(await world.run(line.split(' '))).toEqual({ stdout: '', stderr, exitCode });
});

it.each([
  ['help images', 'images --help'],
  ['images help copy', 'images copy --help'],
  ['-l debug create --help', 'create --help'],
  ['--config nowhere.yaml untrust --help', 'untrust --help'],
  ['img --help', 'images --help'],
])('shows by devreg %s what devreg %s shows', async (line, other) => {
  await using world = await makeWorld({ withAuthority: false });
  const shown = await world.run(line.split(' '));
  expect(shown).toEqual(await world.run(other.split(' ')));
  expect(shown).toMatchObject({ stdout: expect.stringContaining('Global Options:'), exitCode: 0 });
});

it.each([
  ['-y creat', "error: Unknown command 'creat'.\n  Did you mean create? See devreg --help.\n  code: USAGE\n"],
  ['toString', "error: Unknown command 'toString'.\n  See devreg --help.\n  code: USAGE\n"],
])('suggests of all commands for devreg %s', async (line, stderr) => {
  await using world = await makeWorld({ withAuthority: false });
  expect(await world.run(line.split(' '))).toEqual({ stdout: '', stderr, exitCode: 2 });
});

it('names the variable that a bad value comes from, and lets flags count before it', async () => {
  await using world = await makeWorld({ withAuthority: false });
  const env = { DEVREG_OUTPUT: 'xml' };
  expect((await world.run(['version'], { env })).stderr).toBe(
    'error: DEVREG_OUTPUT must be text, wide, json or yaml, not "xml".\n  code: CONFIG_INVALID\n',
  );
  expect((await world.run(['version', '-o', 'json'], { env })).exitCode).toBe(0);
});

it('tells errors as one line of JSON to whom asks for JSON', async () => {
  await using world = await makeWorld({ withAuthority: false });
  const { stdout, stderr, exitCode } = await world.run(['get', 'secrets', '-ojson']);
  expect({ stdout, exitCode }).toEqual({ stdout: '[]\n', exitCode: 3 });
  expect(stderr.endsWith('\n')).toBe(true);
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'REGISTRY_NOT_FOUND',
      message: 'There is no registry called devreg.',
      hint: 'Make one with devreg create.',
      exitCode: 3,
    },
  });
});

it('tells its version', async () => {
  await using world = await makeWorld({ withAuthority: false });
  expect((await world.run(['version'])).stdout).toMatch(/^devreg \d+\.\d+\.\d+\n$/);
  expect(JSON.parse((await world.run(['version', '-o', 'json'])).stdout)).toMatchObject({
    version: expect.stringMatching(/^\d/),
  });
  expect((await world.run(['version', '-o', 'yaml'])).stdout).toMatch(/^version: \d/);
  expect((await world.run(['version', '-o', 'wide'])).stdout).toMatch(/^devreg \S+, Node v24.0.0, linux x64\n$/);
  expect((await world.run(['--version'])).stdout).toMatch(/^\d/);
});

it('shows help where a command of a group is missing', async () => {
  await using world = await makeWorld({ withAuthority: false });
  const { stdout, stderr, exitCode } = await world.run(['get']);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toContain('Usage: devreg get');
});
