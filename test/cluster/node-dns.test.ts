import { describe, expect, it } from 'vitest';
import { formatQuery, parseAnswer, resolveFromNode } from '../../src/cluster/node-dns.ts';
import { createMemoryEngine } from '../support/fakes/memory-engine.ts';

const NODE = { name: 'n', isRunning: true, labels: {}, ports: [] };
const QUERY = { server: '10.96.0.10', name: 'registry.localtest.me' };
const { signal } = new AbortController();

/** An answer with some records after the question. */
function answer(records: readonly Buffer[]): Buffer {
  const query = formatQuery('a.test', 1);
  query.writeUInt16BE(records.length, 6);
  return Buffer.concat([query, ...records]);
}

function record(type: number, data: readonly number[], name: readonly number[] = [0xc0, 0x0c]): Buffer {
  return Buffer.from([...name, 0, type, 0, 1, 0, 0, 0, 30, 0, data.length, ...data]);
}

describe('DNS', () => {
  it('is asked as RFC 1035 has it', () => {
    expect(formatQuery('a.test', 1).toString('hex')).toBe('de0101000001000000000000016104746573740000010001');
  });

  it('answers with addresses, also behind other names', () => {
    const alias = record(5, [1, 0x62, 0]);
    expect(parseAnswer(answer([alias, record(1, [10, 96, 0, 50], [1, 0x62, 0])]), 1)).toEqual(['10.96.0.50']);
    const six = [0xfd, 0, 0, 16, 0, 0x96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x32];
    expect(parseAnswer(answer([record(28, six)]), 28)).toEqual(['fd00:10:96::32']);
    expect(parseAnswer(answer([]), 1)).toEqual([]);
  });

  it('may be cut off anywhere', () => {
    const whole = answer([record(1, [10, 96, 0, 50]), record(1, [10, 96, 0, 51])]);
    for (let length = 12; length < whole.length; length += 1)
      expect(parseAnswer(whole.subarray(0, length), 1).length).toBeLessThan(2);
  });

  it('is asked from a node', async () => {
    const hex = answer([record(1, [10, 96, 0, 50])])
      .toString('hex')
      .replaceAll(/../g, ' $&');
    const engine = createMemoryEngine({ containers: [NODE], exec: () => `${hex.slice(0, 48)}\n${hex.slice(48)}\n` });
    expect(await resolveFromNode(engine, 'n', QUERY, signal)).toEqual(['10.96.0.50']);
    const [asked] = engine.execs;
    expect(asked?.command.slice(0, 2)).toEqual(['bash', '-s']);
    expect(asked?.command.at(-2)).toBe('10.96.0.10');
    expect(asked?.command.at(-1)).toContain(String.raw`\x08\x72\x65\x67\x69\x73\x74\x72\x79`);
  });

  it('that says nothing is told from one that knows nothing', async () => {
    const engine = createMemoryEngine({ containers: [NODE], exec: () => '' });
    expect(await resolveFromNode(engine, 'n', QUERY, signal)).toBeUndefined();
  });
});
