/** Plans of trust, and of taking it back: whatever was there before is there again, byte for byte (S1-11, S2-18). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileChange, FoundFile } from '../../src/trust/file-plan.ts';
import { TARGET_NAMES, type TargetName } from '../../src/trust/target.ts';
import { EMPTY_LEDGER, type Ledger, formatLedger, parseLedger } from '../../src/trust/trust-ledger.ts';
import { collectWants, planTrust, planUntrust } from '../../src/trust/trust-plan.ts';
import { AUTHORITY, LINUX } from './trust-host.ts';

type Disk = Map<string, string>;

/** A machine of files alone, on which plans are carried out. */
class PlayedMachine {
  readonly disk: Disk;
  ledger: Ledger = EMPTY_LEDGER;
  readonly ran: string[] = [];

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.disk = new Map(Object.entries(files));
  }

  trust(
    targets: readonly TargetName[],
    registries: readonly string[],
    authority: typeof AUTHORITY | 'plain' = AUTHORITY,
  ) {
    const wants = collectWants(
      targets,
      { registries, authority: authority === 'plain' ? undefined : authority },
      LINUX,
    );
    return this.#carryOut(planTrust(wants, this.#found(wants.files), this.ledger));
  }

  untrust(isMeant: (target: TargetName, registry: string) => boolean = () => true) {
    return this.#carryOut(planUntrust(isMeant, this.#found(this.ledger.files), this.ledger));
  }

  #found(files: readonly { readonly path: string }[]): Map<string, FoundFile> {
    return new Map(
      files.map(({ path }) => {
        const text = this.disk.get(path);
        return [path, { content: text === undefined ? undefined : { text }, missingFolders: [] }];
      }),
    );
  }

  #carryOut(plan: ReturnType<typeof planTrust>) {
    for (const { path, after, before } of plan.files) {
      if (this.disk.get(path) !== before) throw new Error(`The plan has not seen what ${path} says.`);
      if (after === undefined) this.disk.delete(path);
      else this.disk.set(path, after);
    }
    this.ran.push(...plan.commands.map(({ argv }) => argv.join(' ')));
    // What is remembered must survive being written down.
    this.ledger = parseLedger(formatLedger(plan.ledgers.after), 'trust.json');
    return plan;
  }
}

const actionsOf = (files: readonly FileChange[]) => files.map(({ action }) => action);
const DAEMON = '/etc/docker/daemon.json';

const daemonJson = fc
  .tuple(
    fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    fc.option(fc.array(fc.constantFrom('a:1', 'x:9'), { maxLength: 2 })),
    fc.constantFrom(undefined, 2, '\t'),
    fc.constantFrom('', '\n', '\n\n'),
  )
  .map(([rest, list, indent, end]) => {
    const { 'insecure-registries': _list, ...others } = rest;
    return JSON.stringify(list === null ? others : { ...others, 'insecure-registries': list }, undefined, indent) + end;
  });

describe('taking back', () => {
  it('gives every file back as it was, in whatever order registries come and go', () => {
    const registry = fc.constantFrom('a:1', 'b:2', 'c:3');
    const step = fc.tuple(fc.constantFrom('trust', 'untrust'), registry, fc.boolean());
    fc.assert(
      fc.property(
        fc.option(fc.oneof(daemonJson, fc.constantFrom('', ' \n', '{}'))),
        fc.option(fc.string({ maxLength: 30 })),
        fc.array(step, { maxLength: 8 }),
        (daemon, toml, steps) => {
          const buildkit = `${LINUX.dockerConfig}/buildx/buildkitd.default.toml`;
          const machine = new PlayedMachine({
            ...(daemon !== null && { [DAEMON]: daemon }),
            ...(toml !== null && { [buildkit]: toml }),
            '/etc/other': 'mine',
          });
          const before = new Map(machine.disk);
          for (const [what, name, isInsecure] of steps) {
            if (what === 'trust')
              machine.trust(['docker', 'podman', 'containerd', 'buildx'], [name], isInsecure ? 'plain' : AUTHORITY);
            else machine.untrust((_, registry_) => registry_ === name);
          }
          machine.untrust();
          expect(Object.fromEntries(machine.disk)).toEqual(Object.fromEntries(before));
          expect(machine.ledger).toEqual(EMPTY_LEDGER);
        },
      ),
    );
  });

  it('leaves what others changed since, and takes out its own part alone', () => {
    fc.assert(
      fc.property(daemonJson, (daemon) => {
        const machine = new PlayedMachine({ [DAEMON]: daemon });
        machine.trust(['docker'], ['new:5'], 'plain');
        const changed = { ...JSON.parse(machine.disk.get(DAEMON) ?? ''), added: 'later' };
        machine.disk.set(DAEMON, JSON.stringify(changed));
        machine.untrust();
        const { 'insecure-registries': list = [], ...rest } = JSON.parse(daemon);
        const { 'insecure-registries': left = [], ...others } = JSON.parse(machine.disk.get(DAEMON) ?? '');
        expect([others, left]).toEqual([{ ...rest, added: 'later' }, list]);
      }),
    );
  });

  it('never takes out what the user had written before', () => {
    const machine = new PlayedMachine({ [DAEMON]: '{"insecure-registries":["a:1"]}' });
    expect(actionsOf(machine.trust(['docker'], ['a:1'], 'plain').files)).toEqual(['keep']);
    machine.trust(['docker'], ['a:1', 'b:2'], 'plain');
    machine.disk.set(DAEMON, '{"insecure-registries":["a:1","b:2"],"debug":true}');
    machine.untrust();
    expect(JSON.parse(machine.disk.get(DAEMON) ?? '')).toEqual({ 'insecure-registries': ['a:1'], debug: true });
  });

  it('leaves a certificate that somebody else put there since', () => {
    const machine = new PlayedMachine();
    const path = '/etc/docker/certs.d/a:1/ca.crt';
    machine.trust(['docker'], ['a:1']);
    machine.disk.set(path, 'mine');
    expect(actionsOf(machine.untrust().files)).toEqual(['conflict']);
    expect(machine.disk.get(path)).toBe('mine');
  });

  it('runs what undoes a command once the last registry goes', () => {
    const machine = new PlayedMachine();
    machine.trust(['system'], ['a:1']);
    machine.trust(['system'], ['b:2']);
    expect(machine.ran).toEqual(['update-ca-certificates']);
    machine.untrust((_, registry) => registry === 'a:1');
    expect([machine.ran.length, machine.disk.size]).toEqual([1, 1]);
    machine.untrust();
    expect([machine.ran.length, machine.disk.size]).toEqual([2, 0]);
  });
});

describe('trusting', () => {
  it('is done once', () => {
    const machine = new PlayedMachine();
    expect(actionsOf(machine.trust(['docker', 'podman'], ['a:1']).files)).toEqual(['create', 'create']);
    const again = machine.trust(['docker', 'podman'], ['a:1']);
    expect([actionsOf(again.files), again.hints]).toEqual([['keep', 'keep'], []]);
  });

  it("replaces the certificate of an authority that was renewed, and nobody else's", () => {
    const machine = new PlayedMachine({ '/etc/docker/certs.d/b:2/ca.crt': 'mine' });
    machine.trust(['docker'], ['a:1']);
    const next = { ...AUTHORITY, certificate: AUTHORITY.certificate.replace('QQ', 'Qg') };
    expect(actionsOf(machine.trust(['docker'], ['a:1', 'b:2'], next).files)).toEqual(['change', 'conflict']);
    expect(machine.disk.get('/etc/docker/certs.d/b:2/ca.crt')).toBe('mine');
  });

  it('goes on where it was cut off between remembering and writing', () => {
    const machine = new PlayedMachine();
    machine.trust(['docker'], ['a:1']);
    const old = new Map(machine.disk);
    const next = { ...AUTHORITY, certificate: AUTHORITY.certificate.replace('QQ', 'Qg') };
    machine.trust(['docker'], ['a:1'], next);
    for (const [path, text] of old) machine.disk.set(path, text);
    expect(actionsOf(machine.trust(['docker'], ['a:1'], next).files)).toEqual(['change']);
    machine.untrust();
    expect(machine.disk.size).toBe(0);
  });

  it.each(['[]', 'not JSON', '{"insecure-registries": "a"}'])('leaves %s alone', (text) => {
    const machine = new PlayedMachine({ [DAEMON]: text });
    expect(actionsOf(machine.trust(['docker'], ['a:1'], 'plain').files)).toEqual(['conflict']);
    expect(machine.ledger).toEqual(EMPTY_LEDGER);
  });
});

it.each(['', '{}', '[]', '{"format":1,"files":[{}],"commands":[]}', '{"format":2,"files":[],"commands":[]}'])(
  'refuses %j as what devreg remembers',
  (text) => expect(() => parseLedger(text, 'trust.json')).toThrow(expect.objectContaining({ code: 'RECORD_DAMAGED' })),
);

it('has every target for every way to trust, without a word too many', () => {
  for (const authority of [AUTHORITY, undefined]) {
    const wants = collectWants(TARGET_NAMES, { registries: ['a:1'], authority }, LINUX);
    for (const { path } of wants.files) expect(path).toMatch(/^\/(?:etc|home\/you|usr)\//);
    expect(wants.files.length + wants.commands.length + wants.unfit.length).toBeGreaterThan(5);
  }
});
