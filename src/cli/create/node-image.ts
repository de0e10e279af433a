/** Which image the nodes are made from: one of the user's choice, or kind's of a version of Kubernetes. */
import type { OptionReader } from '../../config/option-reader.ts';
import { DevregError } from '../../errors.ts';

/** Where kind's images are; their tags are versions of Kubernetes. */
const KIND_IMAGES = 'kindest/node';

/**
 * Chooses. A version that is asked for more strongly than an image takes that image's place in the same repository, so
 * that the images of a mirror can be chosen by version too.
 * @throws DevregError OPTIONS_CLASH when the command line asks for two images
 */
export function chooseNodeImage(
  { nodeImage, kubeVersion }: { readonly nodeImage: string | undefined; readonly kubeVersion: string | undefined },
  options: Pick<OptionReader, 'rankOf' | 'sourceOf'>,
): string | undefined {
  if (kubeVersion === undefined) return nodeImage;
  const tag = kubeVersion.startsWith('v') ? kubeVersion : `v${kubeVersion}`;
  if (nodeImage === undefined) return `${KIND_IMAGES}:${tag}`;
  const { repository, tag: own } = splitImage(nodeImage);
  const [image, version] = [options.rankOf('nodeImage'), options.rankOf('kubeVersion')];
  if (own === tag || image < version) return nodeImage;
  if (version > 0 || image > version) return `${repository}:${tag}`;
  const sources = ['nodeImage', 'kubeVersion'].map((name) => options.sourceOf(name)).join(' and ');
  throw new DevregError('usage', 'OPTIONS_CLASH', `${sources} ask for two images.`, { hint: 'Give one of them.' });
}

/** `host:5000/node:v1@sha256:…` has a port, a tag and a digest. */
function splitImage(image: string): { readonly repository: string; readonly tag: string | undefined } {
  const [name = ''] = image.split('@');
  const [, repository = name, tag] = /^(.*?)(?::([\w][\w.-]*))?$/.exec(name) ?? [];
  return tag === undefined || tag.includes('/') ? { repository: name, tag: undefined } : { repository, tag };
}
