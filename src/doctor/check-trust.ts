/** Whether the files by which clients and nodes trust the registry are there and say what they should. Pure. */
import { type Finding, ok, problem, warning } from './finding.ts';

/** How one file is. */
export type FileState = 'right' | 'missing' | 'other';

/** A file that devreg wrote for clients of this machine. */
export interface TrustFileReport {
  readonly path: string;
  readonly state: FileState;
}

/**
 * Judges the files on this machine.
 * @param authority the user's own; undefined without TLS
 */
export function judgeTrustFiles(
  authority: TrustFileReport | undefined,
  files: readonly TrustFileReport[],
  name: string,
): Finding[] {
  const fix = `devreg create --name ${name}`;
  if (authority !== undefined && authority.state !== 'right') {
    const what = authority.state === 'missing' ? 'is gone' : 'is no certificate';
    return [problem('trust', 'AUTHORITY_LOST', `The authority of this user, ${authority.path}, ${what}.`, fix)];
  }
  const wrong = files
    .filter(({ state }) => state !== 'right')
    .map(({ path, state }) =>
      state === 'missing'
        ? problem('trust', 'TRUST_FILE_MISSING', `podman and skopeo do not trust the registry: ${path} is gone.`, fix)
        : problem('trust', 'TRUST_FILE_OTHER', `${path} has another certificate.`, `rm ${path} && ${fix}`),
    );
  if (wrong.length > 0) return wrong;
  if (files.length === 0) return [ok('trust', 'There is no certificate to trust.')];
  return [
    ok(
      'trust',
      `podman and skopeo trust the registry under ${files.length === 1 ? 'one name' : `${files.length} names`}.`,
    ),
  ];
}

/** What one node has. */
export interface NodeTrustReport {
  readonly node: string;
  readonly authority: FileState;
  /** Names whose hosts.toml is not there, or says something else. */
  readonly missing: readonly string[];
  readonly other: readonly string[];
  /** Names whose files are somebody else's. */
  readonly foreign: readonly string[];
}

/**
 * Judges the nodes (S1-24).
 * @param engine the program by which one looks into them
 */
export function judgeNodeTrust(nodes: readonly NodeTrustReport[], name: string, engine: string): Finding[] {
  const fix = `devreg create --name ${name}`;
  const findings = nodes.flatMap(({ node, authority, missing, other, foreign }): Finding[] => {
    const lost = [
      ...(authority === 'right' ? [] : [authority === 'missing' ? 'no certificate' : 'another certificate']),
      ...(missing.length === 0 ? [] : [`no hosts.toml for ${missing.join(', ')}`]),
      ...(other.length === 0 ? [] : [`another hosts.toml for ${other.join(', ')}`]),
    ];
    const found: Finding[] = [];
    if (lost.length > 0)
      found.push(problem('node-trust', 'NODE_TRUST_MISSING', `The node ${node} has ${lost.join(', and ')}.`, fix));
    if (foreign.length > 0) {
      const message = `On the node ${node} somebody else decides where ${foreign.join(', ')} is.`;
      found.push(
        warning('node-trust', 'NODE_TRUST_FOREIGN', message, `${engine} exec ${node} ls -R /etc/containerd/certs.d`),
      );
    }
    return found;
  });
  if (findings.length > 0) return findings;
  return [
    ok('node-trust', `${nodes.map(({ node }) => node).join(', ')}: told where the registry is, and whom to believe.`),
  ];
}
