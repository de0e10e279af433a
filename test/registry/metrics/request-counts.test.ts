/** Counts of requests: they add up, and clients cannot make them grow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RequestFacts, countRequests } from '../../../src/registry/metrics/request-counts.ts';

const FACTS: RequestFacts = { method: 'GET', route: 'blob', status: 200, received: 0, sent: 10, milliseconds: 3 };

function linesOf(all: readonly Partial<RequestFacts>[]): Map<string, number> {
  const counts = countRequests();
  for (const facts of all) counts.note({ ...FACTS, ...facts });
  const samples = counts
    .families()
    .flatMap(({ name, samples: those }) =>
      those.map(({ suffix = '', labels, value }) => [`${name}${suffix} ${JSON.stringify(labels)}`, value] as const),
    );
  return new Map(samples);
}

const label = (more: object = {}) => JSON.stringify({ method: 'GET', route: 'blob', ...more });

describe('counts of requests', () => {
  it('are apart by method, route and class of status', () => {
    const lines = linesOf([{}, {}, { status: 206 }, { status: 404 }, { method: 'HEAD' }, { route: 'manifest' }]);
    expect(lines.get(`devreg_http_requests_total ${label({ status: '2xx' })}`)).toBe(3);
    expect(lines.get(`devreg_http_requests_total ${label({ status: '4xx' })}`)).toBe(1);
    expect(lines.get(`devreg_http_requests_total ${label({ method: 'HEAD', status: '2xx' })}`)).toBe(1);
    expect(lines.get(`devreg_http_requests_total ${label({ route: 'manifest', status: '2xx' })}`)).toBe(1);
    expect(lines.get(`devreg_http_sent_bytes_total ${label()}`)).toBe(40);
  });

  it('put what took as long as a bound below it, and what took longer than all in the last', () => {
    const lines = linesOf([{ milliseconds: 1 }, { milliseconds: 1.001 }, { milliseconds: 400_000 }]);
    const bucket = (le: string) => lines.get(`devreg_http_request_duration_seconds_bucket ${label({ le })}`);
    expect([bucket('0.001'), bucket('0.005'), bucket('300'), bucket('+Inf')]).toEqual([1, 2, 2, 3]);
  });

  it('add up, and buckets never fall', () => {
    const facts = fc.record({
      milliseconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
      received: fc.nat(),
      status: fc.integer({ min: 100, max: 599 }),
    });
    fc.assert(
      fc.property(fc.array(facts, { minLength: 1, maxLength: 50 }), (all) => {
        const lines = linesOf(all);
        const of = (name: string) => [...lines].filter(([key]) => key.startsWith(`${name} `)).map(([, value]) => value);
        const buckets = of('devreg_http_request_duration_seconds_bucket');
        expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
        expect(buckets.at(-1)).toBe(all.length);
        expect(of('devreg_http_request_duration_seconds_count')).toEqual([all.length]);
        expect(of('devreg_http_requests_total').reduce((sum, value) => sum + value)).toBe(all.length);
        expect(of('devreg_http_received_bytes_total')).toEqual([all.reduce((sum, { received }) => sum + received, 0)]);
      }),
    );
  });

  it('stay few whatever method a client sends', () => {
    const methods = Array.from({ length: 500 }, (_, at) => ({ method: `METHOD-${at}` }));
    expect(linesOf(methods).size).toBe(linesOf([{}]).size);
    expect(linesOf(methods).get(`devreg_http_sent_bytes_total ${label({ method: 'other' })}`)).toBe(5_000);
  });
});
