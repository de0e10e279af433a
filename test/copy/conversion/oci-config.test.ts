/** Configurations of Docker as OCI has them: the bytes are those that containers/image makes. */
import { describe, expect, it } from 'vitest';
import { toOciConfig } from '../../../src/copy/conversion/oci-config.ts';

const convert = (config: unknown) => toOciConfig(Buffer.from(JSON.stringify(config)));
const ROOT_FILES = { type: 'layers', diff_ids: ['sha256:5f70'] };

it('is written to the byte as skopeo 1.9 writes it', () => {
  const made = convert({
    id: 'abc',
    parent: 'x',
    created: '2020-09-13T12:26:40.120000000+00:00',
    author: '<me&>',
    container: 'c',
    container_config: { Env: ['A=1'] },
    docker_version: '20',
    architecture: 'arm',
    os: 'linux',
    variant: 'v7',
    'os.version': '1.2',
    'os.features': ['a'],
    config: {
      Hostname: 'h',
      User: '',
      Env: ['A=1', 'B=<>'],
      Cmd: ['/x'],
      Image: 'y',
      Volumes: { '/b': {}, '/a': {} },
      Labels: { b: '2', a: '1' },
      Healthcheck: { Test: ['CMD', 'x'] },
      OnBuild: ['RUN x'],
      Shell: ['/bin/sh'],
      ArgsEscaped: true,
      StopSignal: 'SIGTERM',
      ExposedPorts: { '80/tcp': {} },
      WorkingDir: '/w',
      Entrypoint: ['/e'],
    },
    history: [
      { created: '2020-09-13T12:26:40Z', created_by: 'x', empty_layer: true, comment: '' },
      { created: '2020-09-13T12:26:40.5+02:00', created_by: 'y \u2028', empty_layer: false },
    ],
    rootfs: ROOT_FILES,
  });
  expect(made?.bytes.toString()).toBe(
    '{"created":"2020-09-13T12:26:40.12Z","author":"\\u003cme\\u0026\\u003e","architecture":"arm","variant":"v7",' +
      '"os":"linux","os.version":"1.2","os.features":["a"],"config":{"ExposedPorts":{"80/tcp":{}},' +
      '"Env":["A=1","B=\\u003c\\u003e"],"Entrypoint":["/e"],"Cmd":["/x"],"Volumes":{"/a":{},"/b":{}},' +
      '"WorkingDir":"/w","Labels":{"a":"1","b":"2"},"StopSignal":"SIGTERM","ArgsEscaped":true},' +
      '"rootfs":{"type":"layers","diff_ids":["sha256:5f70"]},' +
      '"history":[{"created":"2020-09-13T12:26:40Z","created_by":"x","empty_layer":true},' +
      '{"created":"2020-09-13T12:26:40.5+02:00","created_by":"y \\u2028"}]}',
  );
  expect(made?.lost).toEqual(['Healthcheck', 'OnBuild', 'Shell']);
});

it('has what must be there also when it is not said, and nothing that is null', () => {
  const made = convert({ config: { OnBuild: null, Shell: [], Env: null }, history: null, author: null });
  expect(made?.bytes.toString()).toBe('{"architecture":"","os":"","config":{},"rootfs":{"type":"","diff_ids":null}}');
  expect(made?.lost).toEqual([]);
});

it('keeps labels in the order of their letters, also those that are numbers', () => {
  const made = convert({ config: { Labels: { 10: 'x', 9: 'y', a: 'z' } }, rootfs: ROOT_FILES });
  expect(made?.bytes.toString()).toContain('"Labels":{"10":"x","9":"y","a":"z"}');
});

describe('what is no configuration', () => {
  it.each([
    ['a text', 'none'],
    ['a list', []],
    ['a time that is none', { created: 'yesterday' }],
    ['a variable that is no text', { config: { Env: [1] } }],
    ['a label that is no text', { config: { Labels: { a: {} } } }],
    ['a switch that is none', { config: { ArgsEscaped: 'yes' } }],
    ['a history that is no list', { history: {} }],
  ])('is not converted: %s', (_what, config) => expect(convert(config)).toBeUndefined());

  it('nor what is no JSON', () => expect(toOciConfig(Buffer.from('{'))).toBeUndefined());
});
