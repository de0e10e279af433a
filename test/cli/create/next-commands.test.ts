/** The commands to go on with, for every program that pushes. */
import { expect, it } from 'vitest';
import { type NextFacts, nextCommands } from '../../../src/cli/create/next-commands.ts';

const FACTS: NextFacts = {
  program: 'devreg',
  name: undefined,
  client: 'docker',
  user: 'giteaAdmin',
  byHost: 'registry.localtest.me:8443',
  byLocalhost: 'localhost:5001',
  tls: true,
  isCluster: false,
};

it('docker pushes by localhost, which its engine trusts', () => {
  expect(nextCommands(FACTS)).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry -o password | docker login -u giteaAdmin --password-stdin localhost:5001",
      "printf 'FROM scratch\\nLABEL from=devreg\\n' | docker build -t localhost:5001/giteaadmin/hello -",
      "docker push localhost:5001/giteaadmin/hello",
    ]
  `);
});

it('podman pushes by the host', () => {
  expect(nextCommands({ ...FACTS, client: 'podman' })).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry -o password | podman login -u giteaAdmin --password-stdin registry.localtest.me:8443",
      "printf 'FROM scratch\\nLABEL from=devreg\\n' | podman build -t registry.localtest.me:8443/giteaadmin/hello -",
      "podman push registry.localtest.me:8443/giteaadmin/hello",
    ]
  `);
});

it('skopeo copies', () => {
  expect(nextCommands({ ...FACTS, client: 'skopeo' })).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry -o password | skopeo login -u giteaAdmin --password-stdin registry.localtest.me:8443",
      "skopeo copy docker://docker.io/library/alpine:latest docker://registry.localtest.me:8443/giteaadmin/alpine:latest",
      "skopeo list-tags docker://registry.localtest.me:8443/giteaadmin/alpine",
    ]
  `);
});

it('without any of them there is still curl', () => {
  expect(nextCommands({ ...FACTS, client: undefined })).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry",
      "curl http://localhost:5001/v2/_catalog",
      "devreg status",
    ]
  `);
});

it('a host that leads nowhere is not used, and TLS is not asked for where there is none', () => {
  const facts = { ...FACTS, byHost: undefined, tls: false };
  expect(nextCommands({ ...facts, client: 'podman' })).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry -o password | podman login -u giteaAdmin --password-stdin --tls-verify=false localhost:5001",
      "printf 'FROM scratch\\nLABEL from=devreg\\n' | podman build -t localhost:5001/giteaadmin/hello -",
      "podman push --tls-verify=false localhost:5001/giteaadmin/hello",
    ]
  `);
  expect(nextCommands({ ...facts, client: 'skopeo' })).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry -o password | skopeo login -u giteaAdmin --password-stdin --tls-verify=false localhost:5001",
      "skopeo copy --dest-tls-verify=false docker://docker.io/library/alpine:latest docker://localhost:5001/giteaadmin/alpine:latest",
      "skopeo list-tags --tls-verify=false docker://localhost:5001/giteaadmin/alpine",
    ]
  `);
  expect(nextCommands({ ...facts, client: 'docker' }).join()).not.toContain('tls');
});

it('names, and users that shells or images do not take, are written so that all works', () => {
  const commands = nextCommands({ ...FACTS, name: 'ci', user: "o'$(x)" });
  expect(commands[0]).toBe(
    "devreg get secrets -p registry -o password --name ci | docker login -u 'o'\\''$(x)' --password-stdin localhost:5001",
  );
  expect(commands[2]).toBe('docker push localhost:5001/hello');
});

it('in a cluster the image is run under the very name it was pushed by', () => {
  expect(nextCommands({ ...FACTS, isCluster: true })).toMatchInlineSnapshot(`
    [
      "devreg get secrets -p registry -o password | docker login -u giteaAdmin --password-stdin localhost:5001",
      "docker build -t localhost:5001/giteaadmin/app:1 . && docker push localhost:5001/giteaadmin/app:1",
      "kubectl run app --image localhost:5001/giteaadmin/app:1",
    ]
  `);
  const podman = nextCommands({ ...FACTS, isCluster: true, client: 'podman', tls: false });
  expect(podman[1]).toBe(
    'podman build -t registry.localtest.me:8443/giteaadmin/app:1 . && podman push --tls-verify=false registry.localtest.me:8443/giteaadmin/app:1',
  );
  expect(podman[2]).toBe('kubectl run app --image registry.localtest.me:8443/giteaadmin/app:1');
});

it('without a client that builds, a cluster makes no difference', () => {
  for (const client of ['skopeo', undefined] as const)
    expect(nextCommands({ ...FACTS, isCluster: true, client })).toEqual(nextCommands({ ...FACTS, client }));
});
