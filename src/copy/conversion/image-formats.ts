/** The two formats of images, and which media type of one stands for which of the other. Pure. */
import {
  DOCKER_CONFIG,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
} from '../../oci/media-types.ts';

/** OCI's, or the second version of Docker's second schema, as containers/image calls it. */
export type ImageFormat = 'oci' | 'v2s2';

/** What a format calls its parts. */
interface FormatTypes {
  readonly index: string;
  readonly manifest: string;
  readonly config: string;
}

export const FORMAT_TYPES: Readonly<Record<ImageFormat, FormatTypes>> = {
  oci: { index: OCI_INDEX, manifest: OCI_MANIFEST, config: OCI_CONFIG },
  v2s2: { index: DOCKER_MANIFEST_LIST, manifest: DOCKER_MANIFEST, config: DOCKER_CONFIG },
};

const DOCKER_LAYER = 'application/vnd.docker.image.rootfs';
const OCI_FOREIGN_LAYER = 'application/vnd.oci.image.layer.nondistributable.v1.tar';

/** Layers by OCI and by Docker. Those compressed by zstd, and encrypted ones, are OCI's alone. */
const LAYERS: readonly (readonly [oci: string, docker: string])[] = [
  [OCI_LAYER, `${DOCKER_LAYER}.diff.tar`],
  [`${OCI_LAYER}+gzip`, `${DOCKER_LAYER}.diff.tar.gzip`],
  [OCI_FOREIGN_LAYER, `${DOCKER_LAYER}.foreign.diff.tar`],
  [`${OCI_FOREIGN_LAYER}+gzip`, `${DOCKER_LAYER}.foreign.diff.tar.gzip`],
];

/** @returns what the format calls such a layer; undefined when it has none like it, or the layer is of no format */
export function layerTypeIn(format: ImageFormat, mediaType: string): string | undefined {
  const found = LAYERS.find(([oci, docker]) => mediaType === (format === 'oci' ? docker : oci));
  return format === 'oci' ? found?.[0] : found?.[1];
}
