/** What is replaced in the blocks of S0 before they are run, and which are not run: each with the reason. */
import type { NotRun, Substitution } from '../replay.ts';

const OWN_PROGRAM = 'devreg has the place of idpbuilder; what follows is the same.';

/** By block. */
export const SUBSTITUTIONS: readonly Substitution[] = [
  {
    block: 's0-03',
    from: 'docker pull docker.io/library/ubuntu:24.04',
    to: 'docker build -q -t docker.io/library/ubuntu:24.04 ubuntu',
    reason: 'Docker Hub is not reachable; the page says that an image built by oneself may take the place.',
  },
  { block: 's0-06', from: './idpbuilder', to: 'devreg', reason: OWN_PROGRAM },
  { block: 's0-07', from: 'idpbuilder', to: 'devreg', reason: OWN_PROGRAM },
  {
    block: 's0-20',
    from: 'gh codespace ports forward 8443:8443 -c expert-chainsaw-7vjwj6qqgcprjp',
    to: 'devreg create --profile idpbuilder --name expert-chainsaw',
    reason:
      'Forwarding needs a codespace; another registry that wants the port which one has already is refused for the same reason.',
  },
  {
    block: 's0-21',
    from: 'gh codespace ports forward 8443:8443 -c expert-chainsaw-7vjwj6qqgcprjp',
    to: 'socat TCP-LISTEN:8443,bind=127.0.0.1,fork UNIX-CONNECT:codespace.sock',
    reason:
      'Forwarding needs a codespace; a machine with a network of its own, from which only this port leads here, takes its place.',
  },
  {
    block: 's0-25',
    from: 'imagename:tag',
    to: 'alpine:latest',
    reason: 'A name is to be filled in.',
  },
  {
    block: 's0-36',
    from: 'docker.io/library/alpine:latest',
    to: 'ocidir://alpine:latest',
    reason: 'Docker Hub is not reachable; a folder with an image of as many manifests takes its place.',
  },
];

const CODESPACE = 'It needs a codespace: an account of GitHub, its service, and gh, which reaches it.';

/** By block; `output` stands behind those that are shown by a command. */
export const NOT_RUN: NotRun = {
  's0-10': 'A page to read.',
  's0-13': 'A page to read: another tool’s configuration of kind; that nodes pull by the same name, s0-12 shows.',
  's0-14': 'A page to read: how gh is installed.',
  's0-15': CODESPACE,
  's0-16': CODESPACE,
  's0-17': CODESPACE,
  's0-17 output': CODESPACE,
  's0-18': CODESPACE,
  's0-19': CODESPACE,
  's0-19 output': CODESPACE,
  's0-21 output': 'These are the words of gh, which needs a codespace.',
  's0-31': 'A page to read.',
  's0-32': 'A page to read: the home of regctl, which other blocks run.',
};
