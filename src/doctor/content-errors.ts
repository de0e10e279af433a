/** Errors about images: names, manifests, blobs, space. Pure. */
import { type KnownError, type Question, type Remedy, nameFlag, registryWords, remedyOfStopped } from './question.ts';

export const CONTENT_ERRORS: readonly KnownError[] = [
  {
    id: 'disk-full',
    pattern:
      /no space left on device|ENOSPC|disk quota exceeded|507 Insufficient Storage|status(?: code)?:? 507|has no space left|not enough free space|disk is full/i,
    meaning: 'A disk is full: that of the registry, of the engine, or of a node.',
    explain: (question) => ({
      cause: 'Layers that are not used any more can go; nothing that was pushed with success is lost.',
      commands: ['df -h', 'docker system df', `devreg status -o wide${nameFlag(question)}`],
    }),
  },
  {
    id: 'platform-missing',
    pattern:
      /no matching manifest for|no image found in (?:image index|manifest list) for|exec format error|does not match the specified platform/i,
    meaning: 'The image is there, but not for this processor.',
    explain: (question) => ({
      cause: `${imageWords(question)} was pushed for another platform.`,
      commands: [`docker buildx build --platform linux/amd64,linux/arm64 --push -t ${imageWords(question)} .`],
    }),
  },
  {
    id: 'manifest-unknown',
    pattern:
      /manifest unknown|MANIFEST_UNKNOWN|manifest for \S+ not found|failed to resolve reference[^\n]{0,300}: not found|: not found$|reading manifest \S+ in \S+: (?:manifest unknown|not found)|404 Not Found/im,
    meaning: 'The repository has no such tag or digest, or there is no such repository.',
    explain: explainMissing,
  },
  {
    id: 'name-unknown',
    pattern:
      /name unknown|NAME_UNKNOWN|repository (?:name )?not known|repository \S+ not found|repository does not exist/i,
    meaning: 'There is no such repository: nothing was pushed under this name.',
    explain: explainMissing,
  },
  {
    id: 'name-invalid',
    pattern:
      /invalid reference format|NAME_INVALID|repository name must be lowercase|InvalidImageName|couldn't parse image reference|invalid repository name/i,
    meaning: 'This cannot be the name of an image.',
    explain: () => ({
      cause:
        'Names are in lower case, parts are joined by slashes, and an empty variable leaves a slash or a colon too many.',
      commands: ['docker image ls'],
    }),
  },
  {
    id: 'upload-lost',
    pattern:
      /blob upload (?:invalid|unknown)|BLOB_UPLOAD_(?:INVALID|UNKNOWN)|upload resumed at wrong offset|416 Requested Range Not Satisfiable/i,
    meaning: 'An upload did not go on where it stopped.',
    explain: (question) =>
      remedyOfStopped(question) ?? {
        cause:
          'A proxy that sends requests twice or out of order does that, and a registry that was made anew meanwhile. Pushing again begins anew.',
        commands: [`devreg logs registry${nameFlag(question)}`],
      },
  },
  {
    id: 'bytes-changed',
    pattern:
      /digest invalid|DIGEST_INVALID|provided digest did not match|SIZE_INVALID|size invalid|filesystem layer verification failed|unexpected commit digest|digest mismatch/i,
    meaning: 'The bytes that arrived are not those that were announced.',
    explain: () => ({
      cause:
        'Something on the way changes them, or the local copy is damaged. If pushing again fails too, build or pull the image anew.',
      commands: ['docker image rm IMAGE', 'docker system prune'],
    }),
  },
  {
    id: 'parts-missing',
    pattern: /MANIFEST_BLOB_UNKNOWN|manifest blob unknown|BLOB_UNKNOWN|blob unknown|MANIFEST_INVALID|manifest invalid/i,
    meaning: 'A manifest names what the repository does not have, or is none.',
    explain: () => ({
      cause:
        'A layer was not pushed to this repository, or was deleted since. A client that has it locally pushes it again.',
      commands: ['docker push IMAGE'],
    }),
  },
  {
    id: 'registry-failed',
    pattern:
      /50[0-4] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)|received unexpected HTTP status: 50\d|status(?: code)?:? 50[0-4]|\bUNAVAILABLE\b/i,
    meaning: 'The registry, or the proxy before it, failed.',
    explain: (question) =>
      remedyOfStopped(question) ?? {
        cause: 'The log of the registry has the reason, under the number in the message.',
        commands: [`devreg logs registry${nameFlag(question)}`, 'devreg status'],
      },
  },
  {
    id: 'old-registries-conf',
    pattern:
      /registries\.(?:search|insecure|block)|mixing sysregistry v1\/v2|must be in v2 format but is in v1|unqualified-search registries|did not resolve to an alias/i,
    meaning: 'Podman and its kin do not take the settings, or the short name, in registries.conf.',
    explain: ({ here }) => ({
      cause: `Since version 2 a registry is a table of its own, as devreg trust writes it, and images are named with their registry: ${here?.names.at(-1) ?? 'localhost:5001'}/NAME.`,
      commands: ['devreg trust podman --insecure --print'],
    }),
  },
];

/** What a cluster says about an image that it could not get, without the reason. */
export const CLUSTER_ERRORS: readonly KnownError[] = [
  {
    id: 'pull-failed',
    pattern:
      /ErrImagePull|ImagePullBackOff|Failed to pull image|Back-off pulling image|rpc error: code = |ErrImageNeverPull/i,
    meaning: 'A node could not get an image. The reason stands in another line.',
    explain(question) {
      const { here, text } = question;
      if (/ErrImageNeverPull/.test(text))
        return {
          cause: 'The pod forbids to pull, by imagePullPolicy: Never, and the node does not have the image.',
          commands: ['kubectl get events --sort-by=.lastTimestamp'],
        };
      const stopped = remedyOfStopped(question);
      if (stopped !== undefined) return stopped;
      const events = 'kubectl get events -A --field-selector reason=Failed --sort-by=.lastTimestamp';
      if (here === undefined || !here.isCluster)
        return {
          cause: `${registryWords(question)} is not the registry of a cluster of devreg, so its nodes know no way to it.`,
          commands: [events, 'devreg status'],
        };
      return {
        cause: `The registry of ${here.name} answers on this machine. The events tell what the node met; explain that text.`,
        commands: [events, `kubectl get pods,services -n ${here.namespace}`, `devreg create${nameFlag(question)}`],
      };
    },
  },
];

function explainMissing(question: Question): Remedy {
  const { here, repository, tag } = question;
  const stopped = remedyOfStopped(question);
  if (stopped !== undefined) return stopped;
  const local = here?.names.at(-1);
  if (here === undefined || local === undefined)
    return {
      cause: `${registryWords(question)} has no ${imageWords(question)}.`,
      commands: [`skopeo list-tags docker://${question.registry ?? 'REGISTRY'}/${repository ?? 'NAME'}`],
    };
  const what = repository === undefined ? '_catalog' : `${repository}/tags/list`;
  return {
    cause: `${here.name} has no ${repository ?? 'such repository'}${tag === undefined ? '' : `:${tag}`}. Push it, or see what there is.`,
    commands: [
      `curl -s http://${local}/v2/${what}`,
      `docker push ${local}/${repository ?? 'NAME'}${tag === undefined ? '' : `:${tag}`}`,
    ],
  };
}

function imageWords({ registry, repository, tag }: Question): string {
  if (repository === undefined) return 'IMAGE';
  return `${registry === undefined ? '' : `${registry}/`}${repository}${tag === undefined ? '' : `:${tag}`}`;
}
