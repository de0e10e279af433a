/** The Caddyfile of the wiki page (S4) as it is written there, with Caddy. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startUntilSaid } from '../support/background.ts';
import { lastDigest } from '../support/clients.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage, loadIntoDocker } from '../support/images.ts';
import { openMachine } from '../support/machine.ts';
import { newAccount, serveRegistry } from '../support/registry-process.ts';

const CADDYFILE = ':8081 {\n\trewrite * /repositories/oci/docker{uri}\n\treverse_proxy http://localhost:8080\n}\n';

it('S4-02: docker logs in, pushes and pulls through it', async () => {
  await using machine = await openMachine({ tools: ['buildah', 'caddy', 'curl', 'docker', 'dockerd', 'podman'] });
  await startDocker(machine);
  const account = newAccount('admin');
  const registry = machine.guests.use(
    await serveRegistry(machine, { listen: ['127.0.0.1:8080'], flags: ['--tls off'], account }),
  );
  const file = join(machine.folder, 'Caddyfile');
  await machine.write(file, CADDYFILE);
  await startUntilSaid(machine, `caddy run --adapter caddyfile --config ${file} 2>&1`, /serving initial configuration/);
  await buildImage(machine, 'x:latest', { layers: [30_000_000, 900] });
  await loadIntoDocker(machine, 'x:latest');

  expect((await machine.fails('docker tag x:latest localhost:8081/x; docker push localhost:8081/x')).output).toContain(
    'unauthorized: authentication required',
  );
  await machine.sh(`docker login -u ${account.user} --password-stdin localhost:8081`, { input: account.password });
  const pushed = await machine.sh('docker push localhost:8081/x');
  await machine.sh('docker logout localhost:8081; docker rmi localhost:8081/x x:latest');
  const pulled = await machine.sh('docker pull localhost:8081/x');

  expect(lastDigest(pulled.output)).toBe(lastDigest(pushed.output));
  expect((await machine.sh('curl -fsS http://localhost:8080/v2/_catalog')).stdout).toBe(
    '{"repositories":["docker/x"]}',
  );
  expect(new Set((await registry.requests()).map(({ host }) => host))).toEqual(
    new Set(['localhost:8081', 'localhost:8080']),
  );
});
