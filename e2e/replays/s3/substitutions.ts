/** What is replaced in the blocks of S3 before they are run, and which are not run: each with the reason. */
import type { NotRun, Substitution } from '../replay.ts';

/** By block. */
export const SUBSTITUTIONS: readonly Substitution[] = [
  {
    block: 's3-06',
    from: '-p 5000:5000',
    to: '--network host',
    reason: 'The engine of the test has no bridge to publish ports from; the port on the machine is the same.',
  },
  {
    block: 's3-07',
    from: 'docker search ubuntu',
    to: 'podman search server01:5000/ubuntu',
    reason: 'Docker Hub is not reachable; a registry of one’s own is searched by its catalogue, which podman does.',
  },
  {
    block: 's3-08',
    from: 'curl -s \\\n  \'https://registry.hub.docker.com/v2/repositories/library/ubuntu/tags/\' | \\\n  jq \'."results"[]["name"]\'',
    to: "devreg images list-tags -o json docker://ubuntu | jq '.Tags[]'",
    reason:
      'Docker Hub’s pages are not reachable; devreg asks by the registry protocol, which a stand-in for it speaks.',
  },
  {
    block: 's3-16',
    from: '# ...\n',
    to: '',
    reason: 'The block leaves out what stands before.',
  },
  {
    block: 's3-16',
    from: '..., server01:5000 ]',
    to: "'server01:5000' ]",
    reason: 'The dots stand for other registries, and the name lacks the quotes that TOML wants.',
  },
  {
    block: 's3-20',
    from: 'GET ...',
    to: 'curl -fsS http://server01:5000',
    reason: 'The block shows a request; the registry of these notes takes it.',
  },
  {
    block: 's3-21',
    from: 'GET .../v2/repo01',
    to: 'curl -fsS http://server01:5000/v2/myfirstimage',
    reason: 'The block shows a request; the registry of these notes has no repo01, but myfirstimage.',
  },
  {
    block: 's3-34',
    from: '<USER>',
    to: 'giteaAdmin',
    reason: 'A name is to be filled in.',
  },
];

/** By block; `output` stands behind those that are shown by a command. */
export const NOT_RUN: NotRun = {
  's3-04': 'A page to read: what it says of registries, other blocks do.',
  's3-05': 'A page to read.',
  's3-14': 'A page to read.',
  's3-17': 'A page to read: the home of skopeo, which other blocks run.',
  's3-18': 'A page to read.',
};
