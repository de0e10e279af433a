/** Which image nodes are made from, by version and by name. */
import { describe, expect, it } from 'vitest';
import { chooseNodeImage } from '../../../src/cli/create/node-image.ts';
import { CLUSTER_OPTIONS } from '../../../src/config/cluster-options.ts';
import { readDeclared } from '../../../src/config/declaration.ts';
import { createOptionReader } from '../../../src/config/option-reader.ts';

const LAB = 'lab.local:5000/node:v1.34.4';

function choose(flags: Record<string, string>, env: Record<string, string> = {}): string | undefined {
  const options = createOptionReader(flags, env);
  const image = chooseNodeImage(readDeclared(CLUSTER_OPTIONS, options), options);
  options.finish();
  return image;
}

describe('the image of nodes', () => {
  it.each([
    [{}, {}, undefined],
    [{ kubeVersion: 'v1.33.1' }, {}, 'kindest/node:v1.33.1'],
    [{ kubeVersion: '1.33.1' }, {}, 'kindest/node:v1.33.1'],
    [{ nodeImage: 'mine' }, {}, 'mine'],
    [{ nodeImage: 'mine' }, { DEVREG_KUBE_VERSION: 'v1.33.1' }, 'mine'],
    [{ kubeVersion: 'v1.34.4' }, { DEVREG_NODE_IMAGE: LAB }, LAB],
    [{ kubeVersion: 'v1.34.4' }, { DEVREG_NODE_IMAGE: `${LAB}@sha256:ab` }, `${LAB}@sha256:ab`],
    [{ kubeVersion: 'v1.33.1' }, { DEVREG_NODE_IMAGE: LAB }, 'lab.local:5000/node:v1.33.1'],
    [{ kubeVersion: 'v1.33.1' }, { DEVREG_NODE_IMAGE: 'lab.local:5000/node' }, 'lab.local:5000/node:v1.33.1'],
    [{ kubeVersion: 'v1.33.1' }, { DEVREG_NODE_IMAGE: `${LAB}@sha256:ab` }, 'lab.local:5000/node:v1.33.1'],
    [{}, { DEVREG_KUBE_VERSION: 'v1.33.1', DEVREG_NODE_IMAGE: LAB }, 'lab.local:5000/node:v1.33.1'],
    [{ kubeVersion: 'v1.34.4', nodeImage: LAB }, {}, LAB],
  ])('asked for by %j and %j is %s', (flags, env, image) => {
    expect(choose(flags, env)).toBe(image);
  });

  it('cannot be two', () => {
    expect(() => choose({ kubeVersion: 'v1.33.1', nodeImage: LAB })).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_CLASH',
        message: '--node-image and --kube-version ask for two images.',
      }),
    );
  });

  it('needs a whole version', () => {
    for (const kubeVersion of ['latest', '1.34', 'v1.34.0@sha256:ab', 'v1.34.0/x'])
      expect(() => choose({ kubeVersion })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
