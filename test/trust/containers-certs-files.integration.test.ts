/** The CA files of podman, buildah and skopeo on a real disk: written, replaced, and taken back to the last folder. */
import { mkdir, mkdtempDisposable, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyContainersCerts, findCertPlaces, undoContainersCerts } from '../../src/trust/containers-certs-files.ts';
import {
  planContainersCerts,
  type ContainersCertsPlan,
  type ContainersCertsRequest,
} from '../../src/trust/containers-certs.ts';

const registry = 'localhost:5001';
const other = 'registry.localtest.me:8443';

interface Machine extends AsyncDisposable {
  readonly home: string;
  readonly root: string;
  readonly pathOf: (host: string) => string;
  readonly request: (more?: Partial<ContainersCertsRequest>) => ContainersCertsRequest;
  readonly list: () => Promise<string[]>;
}

async function makeMachine(): Promise<Machine> {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-trust-'));
  const home = join(temp.path, 'home');
  const root = join(temp.path, 'root');
  await mkdir(home);
  await mkdir(root);
  return {
    home,
    root,
    pathOf: (host) => join(home, '.config/containers/certs.d', host, 'ca.crt'),
    request: (more) => ({ home, root, certificate: 'the CA\n', registries: [registry], written: [], ...more }),
    list: async () => (await readdir(home, { recursive: true })).toSorted(),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

async function plan(request: ContainersCertsRequest): Promise<ContainersCertsPlan> {
  return planContainersCerts(request, await findCertPlaces(request));
}

async function writeWithFolders(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

const outcomesOf = (results: readonly { outcome: string }[]) => results.map(({ outcome }) => outcome);

describe('containers certs', () => {
  it('are written where they belong, readable to all, with nothing beside them', async () => {
    await using machine = await makeMachine();
    const made = await plan(machine.request({ registries: [registry, other] }));
    expect(outcomesOf(await applyContainersCerts(made))).toEqual(['created', 'created']);
    for (const host of [registry, other]) {
      expect(await readFile(machine.pathOf(host), 'utf8')).toBe('the CA\n');
      expect((await stat(machine.pathOf(host))).mode & 0o777).toBe(0o644);
      expect(await readdir(join(machine.pathOf(host), '..'))).toEqual(['ca.crt']);
    }
  });

  it('are taken back with every folder that was made, and nothing else', async () => {
    await using machine = await makeMachine();
    await writeWithFolders(join(machine.home, '.config/git/config'), 'mine');
    const before = await machine.list();
    const made = await plan(machine.request({ registries: [registry, other] }));
    await applyContainersCerts(made);
    expect(outcomesOf(await undoContainersCerts(made.written))).toEqual(['removed', 'removed']);
    expect(await machine.list()).toEqual(before);
    expect(outcomesOf(await undoContainersCerts(made.written))).toEqual(['absent', 'absent']);
  });

  it('come and go one by one, and the last takes the folders with it', async () => {
    await using machine = await makeMachine();
    const first = await plan(machine.request());
    await applyContainersCerts(first);
    const second = await plan(machine.request({ registries: [other], written: first.written }));
    await applyContainersCerts(second);
    const [entry, otherEntry] = second.written;
    await undoContainersCerts(entry === undefined ? [] : [entry]);
    expect(await readFile(machine.pathOf(other), 'utf8')).toBe('the CA\n');
    await undoContainersCerts(otherEntry === undefined ? [] : [otherEntry]);
    expect(await machine.list()).toEqual([]);
  });

  it('are left alone when they are there, and replaced when the CA is another', async () => {
    await using machine = await makeMachine();
    const made = await plan(machine.request());
    await applyContainersCerts(made);
    const again = await plan(machine.request({ written: made.written }));
    expect(outcomesOf(await applyContainersCerts(again))).toEqual(['kept']);
    const renewed = await plan(machine.request({ written: again.written, certificate: 'the next CA\n' }));
    expect(outcomesOf(await applyContainersCerts(renewed))).toEqual(['replaced']);
    expect(await readFile(machine.pathOf(registry), 'utf8')).toBe('the next CA\n');
    expect(await readdir(join(machine.pathOf(registry), '..'))).toEqual(['ca.crt']);
    await undoContainersCerts(renewed.written);
    expect(await machine.list()).toEqual([]);
  });

  it('can be taken back when the plan was kept but not applied', async () => {
    await using machine = await makeMachine();
    const made = await plan(machine.request());
    expect(outcomesOf(await undoContainersCerts(made.written))).toEqual(['absent']);
    await applyContainersCerts(made);
    const replacing = await plan(machine.request({ written: made.written, certificate: 'the next CA\n' }));
    expect(outcomesOf(await undoContainersCerts(replacing.written))).toEqual(['removed']);
    expect(await machine.list()).toEqual([]);
  });
});

describe('what somebody else wrote', () => {
  it('is reported and stays, also when all is taken back', async () => {
    await using machine = await makeMachine();
    await writeWithFolders(machine.pathOf(registry), 'mine');
    const before = await machine.list();
    const made = await plan(machine.request());
    expect(outcomesOf(await applyContainersCerts(made))).toEqual(['conflict']);
    await undoContainersCerts(made.written);
    expect(await readFile(machine.pathOf(registry), 'utf8')).toBe('mine');
    expect(await machine.list()).toEqual(before);
  });

  it('stays when it says the same by chance', async () => {
    await using machine = await makeMachine();
    await writeWithFolders(machine.pathOf(registry), 'the CA\n');
    const made = await plan(machine.request());
    expect(outcomesOf(await applyContainersCerts(made))).toEqual(['kept']);
    await undoContainersCerts(made.written);
    expect(await readFile(machine.pathOf(registry), 'utf8')).toBe('the CA\n');
  });

  it('stays when it was written over devreg’s file, or put beside it', async () => {
    await using machine = await makeMachine();
    const made = await plan(machine.request({ registries: [registry, other] }));
    await applyContainersCerts(made);
    await writeFile(machine.pathOf(registry), 'mine');
    await writeFile(join(machine.pathOf(other), '../client.cert'), 'mine');
    expect(outcomesOf(await undoContainersCerts(made.written))).toEqual(['changed', 'removed']);
    expect(await readFile(machine.pathOf(registry), 'utf8')).toBe('mine');
    expect(await readdir(join(machine.pathOf(other), '..'))).toEqual(['client.cert']);
  });

  it('stays when it came between plan and deed', async () => {
    await using machine = await makeMachine();
    const creating = await plan(machine.request());
    await writeWithFolders(machine.pathOf(registry), 'mine');
    expect(outcomesOf(await applyContainersCerts(creating))).toEqual(['conflict']);

    const made = await plan(machine.request({ registries: [other] }));
    await applyContainersCerts(made);
    const replacing = await plan(
      machine.request({ registries: [other], written: made.written, certificate: 'the next CA\n' }),
    );
    await writeFile(machine.pathOf(other), 'mine');
    expect(outcomesOf(await applyContainersCerts(replacing))).toEqual(['conflict']);
    for (const host of [registry, other]) expect(await readFile(machine.pathOf(host), 'utf8')).toBe('mine');
    expect(await readdir(join(machine.pathOf(other), '..'))).toEqual(['ca.crt']);
  });

  it('stays when it is a link to a file that says the same', async () => {
    await using machine = await makeMachine();
    const made = await plan(machine.request());
    await applyContainersCerts(made);
    const moved = join(machine.home, 'dotfiles-ca.crt');
    await rename(machine.pathOf(registry), moved);
    await symlink(moved, machine.pathOf(registry));
    expect((await plan(machine.request({ written: made.written }))).steps).toMatchObject([{ action: 'conflict' }]);
    expect(outcomesOf(await undoContainersCerts(made.written))).toEqual(['changed']);
    expect(await readFile(machine.pathOf(registry), 'utf8')).toBe('the CA\n');
  });

  it('is told when it will not be read any more', async () => {
    await using machine = await makeMachine();
    const hidden = join(machine.root, 'etc/containers/certs.d', registry);
    await mkdir(hidden, { recursive: true });
    expect((await plan(machine.request())).steps).toMatchObject([{ action: 'create', hides: [hidden] }]);
  });
});

describe('two processes at once', () => {
  it('write one file and both find it right', async () => {
    await using machine = await makeMachine();
    const plans = await Promise.all([plan(machine.request()), plan(machine.request())]);
    const results = await Promise.all(plans.map(applyContainersCerts));
    expect(results.flatMap(outcomesOf).toSorted()).toEqual(['created', 'kept']);
    expect(await readFile(machine.pathOf(registry), 'utf8')).toBe('the CA\n');
  });
});

describe('what the file system refuses', () => {
  it('is said in a sentence', async () => {
    await using machine = await makeMachine();
    await writeWithFolders(join(machine.home, '.config/containers'), 'mine');
    const message = `Cannot read ${machine.pathOf(registry)}: a file is where a folder should be.`;
    await expect(plan(machine.request())).rejects.toMatchObject({ kind: 'failure', code: 'PATH_BLOCKED', message });
  });
});
