/** Whether devreg is as fast with 100,000 tags, repositories and referrers as with 1,000, and starts as soon. */
import { join } from 'node:path';
import { fill } from './fill.ts';
import type { HttpConnection } from './http-connection.ts';
import { measure } from './measure.ts';
import { ask } from './requests.ts';
import { type Server, startServer } from './servers.ts';
import { median } from './statistics.ts';

/** A question asked of a small and of a large registry: requests a second. */
interface Growth {
  readonly question: string;
  readonly small: number;
  readonly large: number;
}

/** What came of it. */
export interface GrowthReport {
  readonly growth: readonly Growth[];
  /** Milliseconds to the first answer. */
  readonly emptyStart: number;
  readonly largeStart: number;
}

const SMALL = 1_000;
const LARGE = 100_000;
const CONNECTIONS = 8;

/** Measures both sizes in turn. */
export async function measureGrowth(root: string, rounds: number, seconds: number): Promise<GrowthReport> {
  const [smallData, largeData] = [join(root, 'small'), join(root, 'large')];
  const growth = await compareSizes(smallData, largeData, root, rounds, seconds);
  const starts = { empty: [] as number[], large: [] as number[] };
  for (let round = 0; round < 2 * rounds + 1; round++) {
    starts.empty.push(await startTime(root));
    starts.large.push(await startTime(root, largeData));
  }
  return { growth, emptyStart: median(starts.empty), largeStart: median(starts.large) };
}

async function startTime(root: string, data?: string): Promise<number> {
  await using server = await startServer('devreg full', root, data);
  return server.startedIn;
}

async function compareSizes(
  smallData: string,
  largeData: string,
  root: string,
  rounds: number,
  seconds: number,
): Promise<readonly Growth[]> {
  await using small = await startServer('devreg fast', root, smallData);
  await using large = await startServer('devreg fast', root, largeData);
  const subjects = { small: await fill(small.client, SMALL), large: await fill(large.client, LARGE) };
  const found: Growth[] = [];
  for (const { question, method, path } of QUESTIONS) {
    const rates = { small: [] as number[], large: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      rates.small.push(await rateOf(small, method, path(subjects.small), seconds));
      rates.large.push(await rateOf(large, method, path(subjects.large), seconds));
    }
    found.push({ question, small: median(rates.small), large: median(rates.large) });
  }
  return found;
}

/** With names that are there at both sizes. */
const QUESTIONS: readonly {
  readonly question: string;
  readonly method: 'GET' | 'HEAD';
  readonly path: (subject: string) => string;
}[] = [
  { question: 'tags, first page of 100', method: 'GET', path: () => '/v2/many/tags/list?n=100' },
  { question: 'tags, a page of 100 in the middle', method: 'GET', path: () => '/v2/many/tags/list?n=100&last=t000500' },
  { question: 'HEAD manifest by tag', method: 'HEAD', path: () => '/v2/many/manifests/t000500' },
  { question: 'catalog, first page of 100', method: 'GET', path: () => '/v2/_catalog?n=100' },
  { question: 'ten referrers', method: 'GET', path: (subject) => `/v2/many/referrers/${subject}` },
];

async function rateOf(server: Server, method: 'GET' | 'HEAD', path: string, seconds: number): Promise<number> {
  const request = ask(server.client, method, path);
  const work = {
    connections: CONNECTIONS,
    next: () => async (connection: HttpConnection) => {
      const { status } = await connection.send(request);
      if (status !== 200) throw new Error(`${path} answered ${status}.`);
      return 1;
    },
  };
  return (await measure(server, work, seconds)).rate;
}
