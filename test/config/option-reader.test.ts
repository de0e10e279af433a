/** Options, their variables, and what is said about those that make no sense. */
import { describe, expect, it } from 'vitest';
import { createOptionReader } from '../../src/config/option-reader.ts';
import { parsePort, parseText } from '../../src/config/values.ts';

describe('one value', () => {
  it('comes from the flag, then from the variable, then from nowhere', () => {
    const options = createOptionReader(
      { registryPort: '1' },
      { DEVREG_REGISTRY_PORT: '2', DEVREG_PORT: '3', DEVREG_HOST: '' },
    );
    expect(options.read('registryPort', 'a port', parsePort)).toBe(1);
    expect(options.read('port', 'a port', parsePort)).toBe(3);
    expect(options.read('host', 'a host', parseText)).toBeUndefined();
    expect(options.sourceOf('registryPort')).toBe('--registry-port');
    expect(options.sourceOf('port')).toBe('DEVREG_PORT');
    expect(options.sourceOf('host')).toBeUndefined();
    expect(() => options.finish()).not.toThrow();
  });

  it('may have commas in it', () => {
    expect(createOptionReader({}, { DEVREG_DATA_DIR: '/a,b' }).read('dataDir', 'a folder', parseText)).toBe('/a,b');
  });
});

it('a switch is off unless it was turned on', () => {
  const options = createOptionReader({ all: true, print: 'no' }, { DEVREG_YES: '1', DEVREG_FOLLOW: 'perhaps' });
  expect(['all', 'print', 'yes', 'quiet', 'follow'].map((name) => options.readSwitch(name))).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
  expect(() => options.finish()).toThrow('DEVREG_FOLLOW must be yes or no, not "perhaps".');
});

it('several values come from a flag that is repeated, or a variable with commas', () => {
  const options = createOptionReader({ listen: ['a,b', 'c'] }, { DEVREG_SAN: 'd,e' });
  expect(options.readAll('listen', 'texts', parseText)).toEqual(['a,b', 'c']);
  expect(options.readAll('san', 'texts', parseText)).toEqual(['d', 'e']);
  expect(options.readAll('route', 'texts', parseText)).toBeUndefined();
});

it('a list comes from a flag that is repeated, from commas in it, or from a variable with commas', () => {
  const options = createOptionReader({ extraPorts: ['1, 2', '3'], single: '4,5' }, { DEVREG_SAN: ' 6 ,7' });
  const read = (name: string) => options.readList(name, 'ports', parsePort);
  expect(read('extraPorts')).toEqual([1, 2, 3]);
  expect(read('single')).toEqual([4, 5]);
  expect(read('san')).toEqual([6, 7]);
  expect(read('other')).toBeUndefined();
  expect(() => options.finish()).not.toThrow();
});

it('a list names each text in it that makes no sense', () => {
  const options = createOptionReader({ extraPorts: ['1,x', ''] }, {});
  expect(options.readList('extraPorts', 'ports', parsePort)).toEqual([1]);
  expect(() => options.finish()).toThrow('--extra-ports must be ports, not "x"; --extra-ports must be ports, not "".');
});

it('says everything that makes no sense at once, and where it stands', () => {
  const options = createOptionReader({ port: 'x' }, { DEVREG_REGISTRY_PORT: '70000', DEVREG_LISTEN: '1,y' });
  for (const name of ['port', 'registryPort']) expect(options.read(name, 'a port', parsePort)).toBeUndefined();
  expect(options.readAll('listen', 'ports', parsePort)).toEqual([1]);
  expect(() => options.finish()).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      kind: 'usage',
      message:
        '--port must be a port, not "x"; DEVREG_REGISTRY_PORT must be a port, not "70000"; DEVREG_LISTEN must be ports, not "y".',
    }),
  );
});
