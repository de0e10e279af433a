/** What is replaced in the blocks of S1 before they are run, and which are not run: each with the reason. */
import type { NotRun, Substitution } from '../replay.ts';

/** By block. */
export const SUBSTITUTIONS: readonly Substitution[] = [
  {
    block: 's1-07',
    from: 'tilt up',
    to: 'docker build -q -t "$IMAGE" -f "$DOCKERFILE" "$CONTEXT"\ndocker push "$IMAGE"\nkubectl apply -f deployment.yaml',
    reason: 'Tilt is another project’s program; these are the commands it gives after reading the file of s1-06.',
  },
  {
    block: 's1-08',
    from: 'spec:\n',
    to: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: raibid-server\nspec:\n',
    reason: 'The block shows a part of a manifest; what stands before is filled in.',
  },
  {
    block: 's1-10',
    from: '// /etc/docker/daemon.json (Linux)\n// ~/.docker/daemon.json (Docker Desktop)\n',
    to: '',
    reason: 'JSON has no comments; they say where the file is.',
  },
  {
    block: 's1-11',
    from: 'sudo systemctl restart docker',
    to: 'devreg trust docker --print --insecure --registry localhost:3000',
    reason: 'A restart stops every container of the machine. devreg never does it; it says this very command.',
  },
];

const PAGE = 'The registry has no web page yet.';
const API = 'The registry has none of Gitea’s own API yet; its tags are listed and deleted by the registry’s protocol.';

/** By block; `output` stands behind those that are shown by a command. */
export const NOT_RUN: NotRun = {
  's1-09': 'A setting of Gitea’s chart that makes it a registry; devreg’s is one without, and has no such switch.',
  's1-12': PAGE,
  's1-13': PAGE,
  's1-14': PAGE,
  's1-15': PAGE,
  's1-15 output': PAGE,
  's1-17': PAGE,
  's1-18': API,
  's1-19': API,
  's1-29': 'A page to read.',
  's1-30': 'A page to read: the protocol, which the registry speaks.',
  's1-31': 'A page to read: the protocol, which s1-28 speaks.',
};
