/** Asks a cluster's DNS for a name from one of its nodes, with nothing but a shell. */
import type { ContainerEngine } from '../engine/engine.ts';
import { execOnNode } from './node-exec.ts';

/** What is asked for, by the family of the server's address (RFC 1035, RFC 3596). */
const TYPES = { ipv4: 1, ipv6: 28 } as const;

const HEADER_BYTES = 12;

/**
 * One datagram there and one back; DNS answers within 512 bytes unless told otherwise. Read from standard input: what
 * is on the command line would stand in every error.
 */
const SCRIPT = `exec 3<> "/dev/udp/$1/53"
printf '%b' "$2" | dd ibs=512 obs=512 2> /dev/null >&3
timeout 3 dd bs=512 count=1 <&3 2> /dev/null | od -An -v -tx1
`;

/**
 * Asks once.
 * @param server the address of the cluster's DNS
 * @returns the addresses it answers with; undefined when no answer came
 * @throws DevregError EXEC_FAILED, NODE_IMAGE_UNFIT where the node has no bash
 */
export async function resolveFromNode(
  engine: ContainerEngine,
  node: string,
  { server, name }: { readonly server: string; readonly name: string },
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const type = TYPES[server.includes(':') ? 'ipv6' : 'ipv4'];
  const query = [...formatQuery(name, type)].map((byte) => String.raw`\x${byte.toString(16).padStart(2, '0')}`);
  const command = ['bash', '-s', server, query.join('')];
  const output = await execOnNode(engine, { container: node, command, input: SCRIPT, signal });
  const bytes = Buffer.from(output.replaceAll(/\s/g, ''), 'hex');
  return bytes.length < HEADER_BYTES ? undefined : parseAnswer(bytes, type);
}

/** A question with one name; the answer may be looked for elsewhere. */
export function formatQuery(name: string, type: number): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const header = Buffer.from([0xde, 0x01, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

/** The addresses of one type in an answer; other records are passed over. */
export function parseAnswer(bytes: Buffer, type: number): string[] {
  const addresses: string[] = [];
  let at = HEADER_BYTES;
  for (let left = bytes.readUInt16BE(4); left > 0; left -= 1) at = endOfName(bytes, at) + 4;
  for (let left = bytes.readUInt16BE(6); left > 0; left -= 1) {
    at = endOfName(bytes, at);
    if (at + 10 > bytes.length) break;
    const length = bytes.readUInt16BE(at + 8);
    const data = bytes.subarray(at + 10, at + 10 + length);
    if (bytes.readUInt16BE(at) === type && data.length === length) addresses.push(formatAddress(data));
    at += 10 + length;
  }
  return addresses;
}

/** A name ends with an empty label, or goes on elsewhere. */
function endOfName(bytes: Buffer, start: number): number {
  let at = start;
  for (let length = bytes[at]; length !== undefined; length = bytes[at]) {
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
  return bytes.length;
}

function formatAddress(data: Buffer): string {
  if (data.length === 4) return data.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
