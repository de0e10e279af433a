/** The fields of skopeo's answers, as Go writes them. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { inspectedConfig, inspectedImage } from '../../../src/workflows/images/skopeo-shape.ts';

const parts = { name: 'host/app', digest: digestOf('a'), tags: ['1'], mediaType: OCI_MANIFEST, layers: [], config: {} };

describe('an image', () => {
  it('without a configuration to speak of', () => {
    expect(inspectedImage(parts)).toEqual({
      Name: 'host/app',
      Digest: digestOf('a'),
      RepoTags: ['1'],
      Created: null,
      DockerVersion: '',
      Labels: null,
      Architecture: '',
      Os: '',
      Layers: [],
      Env: null,
    });
    expect(inspectedImage({ ...parts, mediaType: DOCKER_MANIFEST }).Created).toBe('0001-01-01T00:00:00Z');
    expect(inspectedImage({ ...parts, name: undefined })).not.toHaveProperty('Name');
  });

  it('with all there is; labels in order', () => {
    const layer = { mediaType: 'x/y', digest: digestOf('l'), size: 3 };
    const config = {
      created: '2026-01-02T03:04:05.120000000Z',
      docker_version: '20',
      architecture: 'arm64',
      os: 'linux',
      config: { Labels: { b: '2', a: '1' }, Env: ['A=b'] },
    };
    const image = inspectedImage({ ...parts, layers: [layer], config });
    expect(image).toMatchObject({
      Created: '2026-01-02T03:04:05.12Z',
      DockerVersion: '20',
      Architecture: 'arm64',
      Os: 'linux',
      Layers: [layer.digest],
      LayersData: [{ MIMEType: 'x/y', Digest: layer.digest, Size: 3, Annotations: null }],
      Env: ['A=b'],
    });
    expect(JSON.stringify(image.Labels)).toBe('{"a":"1","b":"2"}');
  });

  it.each([[[]], [{ config: [] }], [{ config: { Env: 'no', Labels: 3 }, created: 'never', os: 1 }]])(
    'whatever %j is',
    (config) => {
      expect(inspectedImage({ ...parts, config: config as Record<string, unknown> })).toMatchObject({
        Env: null,
        Labels: null,
        Os: '',
      });
    },
  );
});

it('a configuration has what the specification knows, in its order, without what is empty', () => {
  const config = {
    history: [{ empty_layer: false, comment: 'c', created: '2026-01-02T03:04:05.000Z', created_by: 'x' }],
    rootfs: { diff_ids: ['sha256:1'], type: 'layers' },
    container: 'docker knows what',
    config: { Labels: { b: '2', a: '1' }, Cmd: ['sh'], Hostname: 'x', Volumes: null, Env: [], User: '' },
    os: 'linux',
    architecture: 'amd64',
    created: '2026-01-02T03:04:05Z',
  };
  expect(JSON.stringify(inspectedConfig(config))).toBe(
    '{"created":"2026-01-02T03:04:05Z","architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"Labels":{"a":"1","b":"2"}},' +
      '"rootfs":{"type":"layers","diff_ids":["sha256:1"]},"history":[{"created":"2026-01-02T03:04:05Z","created_by":"x","comment":"c"}]}',
  );
});
