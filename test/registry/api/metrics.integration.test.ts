/** What Prometheus is told of a registry that serves. */
import { expect, it } from 'vitest';
import { addUser, makePrivate } from '../../support/accounts.ts';
import { blob, pushBlob, pushImage } from '../../support/images.ts';
import { type TestRegistry, startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

const LINE = /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"\\\n]*"(?:,\w+="[^"\\\n]*")*\})? [-+\d.eInf]+)$/;

async function scrape(registry: TestRegistry): Promise<Map<string, number>> {
  const reply = await registry.send({ method: 'GET', path: '/metrics' });
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = reply.text.trimEnd().split('\n');
  expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
  const numbers = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/ (?=\S+$)/));
  return new Map(numbers.map(([name = '', value]) => [name, Number(value)]));
}

it('has requests, bytes and what is stored, and names no repository', async () => {
  await using registry = await startRegistry();
  const layer = blob('x'.repeat(1_000));
  await pushImage(registry, 'team/secret-app', { as: 'v1', layers: [layer] });
  await converse(registry, [
    { ask: `GET /v2/team/secret-app/blobs/${layer.digest}`, status: 200 },
    { ask: 'GET /v2/team/secret-app/manifests/absent', status: 404 },
    { ask: 'POST /v2/team/secret-app/blobs/uploads/', status: 202 },
    { ask: 'GET /nowhere/at/all', status: 404 },
  ]);
  const found = await scrape(registry);
  expect(found.get('devreg_http_requests_total{method="PUT",route="manifest",status="2xx"}')).toBe(1);
  expect(found.get('devreg_http_requests_total{method="GET",route="manifest",status="4xx"}')).toBe(1);
  expect(found.get('devreg_http_requests_total{method="GET",route="none",status="4xx"}')).toBe(1);
  expect(found.get('devreg_http_sent_bytes_total{method="GET",route="blob"}')).toBe(1_000);
  const received = [...found].filter(([name]) => /received_bytes_total.*route="uploads?"/.test(name));
  expect(received.reduce((sum, [, value]) => sum + value, 0)).toBe(1_002);
  expect(found.get('devreg_http_request_duration_seconds_count{method="GET",route="blob"}')).toBe(1);
  expect(found.get('devreg_storage_blobs')).toBe(2);
  expect(found.get('devreg_storage_bytes')).toBe(1_002);
  expect(found.get('devreg_uploads_open')).toBe(1);
  expect(found.get('devreg_gc_runs_total{result="finished"}')).toBe(0);
  expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect([...found.keys()].join('\n')).not.toMatch(/secret|sha256|nowhere/);
  expect(registry.log.filter(({ fields }) => fields['path'] === '/metrics')).toEqual([]);
});

it('has collections of garbage, and what they removed', async () => {
  await using registry = await startRegistry({ gcInterval: 5, gcLease: 0 });
  const orphan = blob('nobody wants this');
  await pushBlob(registry, 'team/app', orphan);
  await expect
    .poll(async () => (await scrape(registry)).get('devreg_gc_removed_total{kind="blobs"}'), { timeout: 5_000 })
    .toBe(1);
  const found = await scrape(registry);
  expect(found.get('devreg_gc_runs_total{result="finished"}')).toBeGreaterThan(0);
  expect(found.get('devreg_gc_runs_total{result="failed"}')).toBe(0);
  expect(found.get('devreg_gc_freed_bytes_total')).toBe(17);
  expect(Math.abs((found.get('devreg_gc_last_run_timestamp_seconds') ?? 0) - Date.now() / 1000)).toBeLessThan(60);
});

it('is for whoever may pull everything', async () => {
  let root = '';
  let reader = '';
  await using registry = await startRegistry({
    async accounts(metadata) {
      await makePrivate(metadata);
      root = (await addUser(metadata, 'root', { isAdmin: true })).basic;
      reader = (await addUser(metadata, 'reader', { grants: [{ pattern: 'team/**', actions: ['pull'] }] })).basic;
    },
  });
  await converse(registry, [
    { ask: 'GET /metrics', status: 401 },
    { ask: 'GET /metrics', headers: { authorization: reader }, status: 403 },
    { ask: 'GET /metrics', headers: { authorization: root }, status: 200, has: { 'cache-control': 'no-store' } },
    { ask: 'POST /metrics', status: 405 },
  ]);
});
