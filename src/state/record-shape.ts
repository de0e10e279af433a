/** Tells what devreg wrote into a record's file from what it did not. Pure. */
import { isObject } from '../json-values.ts';
import type {
  AnyRecord,
  ClusterSettings,
  Endpoint,
  ProfileName,
  RegistrySettings,
  ServingProcess,
  TrustedFile,
} from './record.ts';

const PROFILES: ReadonlySet<unknown> = new Set<ProfileName>(['idpbuilder', 'raibid', 'plain']);

type Json = Readonly<Record<string, unknown>>;

/** Whether parsed JSON is a record, apart from its format's number. */
export function isRecord(json: Json): json is Json & AnyRecord & { readonly format: number } {
  const { name, createdAt, trusted } = json;
  const isBase = areTexts(name, createdAt) && Array.isArray(trusted) && trusted.every(isTrustedFile);
  return isBase && (isOfProcess(json) || isOfCluster(json));
}

function isOfProcess({ provider, settings, process, madeFolder }: Json): boolean {
  return (
    provider === 'process' &&
    isRegistrySettings(settings) &&
    (process === undefined || isServingProcess(process)) &&
    isOptionalText(madeFolder)
  );
}

function isOfCluster({ provider, settings, engine, engineAt, stage, hostsFile, formerContext }: Json): boolean {
  return (
    provider === 'kind' &&
    isClusterSettings(settings) &&
    (engine === 'docker' || engine === 'podman') &&
    (engineAt === undefined || isEngineElsewhere(engineAt)) &&
    (stage === 'creating' || stage === 'ready') &&
    [hostsFile, formerContext].every(isOptionalText)
  );
}

function isEngineElsewhere(value: unknown): boolean {
  return isObject(value) && areTexts(value['endpoint'], value['address']) && isOptionalText(value['context']);
}

function isRegistrySettings(value: unknown): value is RegistrySettings {
  return isEndpoint(value) && areTexts(value['dataDir']);
}

function isClusterSettings(value: unknown): value is ClusterSettings {
  if (!isEndpoint(value)) return false;
  const { aliases, pathRouting, ingress, workers, nodeImage, kindConfig, extraPorts, nodePort } = value;
  const { storageSize, storageClass, dataDir, registryImage } = value;
  const { ingressHost, namespace, serviceName, serviceType, appName } = value;
  return (
    isTextList(aliases) &&
    typeof pathRouting === 'boolean' &&
    (ingress === 'traefik' || ingress === 'none') &&
    Number.isInteger(workers) &&
    (kindConfig === undefined || (isObject(kindConfig) && areTexts(kindConfig['source'], kindConfig['text']))) &&
    isTextList(extraPorts) &&
    isPort(nodePort) &&
    areTexts(storageSize, namespace, serviceName, appName) &&
    (serviceType === 'ClusterIP' || serviceType === 'NodePort') &&
    [nodeImage, storageClass, dataDir, registryImage, ingressHost, value['listen']].every(isOptionalText)
  );
}

function isEndpoint(value: unknown): value is Json & Endpoint {
  if (!isObject(value)) return false;
  const { host, port, registryPort, user, durability, tls, profile } = value;
  return (
    areTexts(host, user) &&
    isPort(port) &&
    isPort(registryPort) &&
    (durability === 'full' || durability === 'fast') &&
    (tls === 'auto' || tls === 'off') &&
    (profile === undefined || PROFILES.has(profile))
  );
}

function isServingProcess(value: unknown): value is ServingProcess {
  return isObject(value) && isPid(value['pid']) && typeof value['startedAt'] === 'string';
}

function isTrustedFile(value: unknown): value is TrustedFile {
  if (!isObject(value)) return false;
  const { registry, path, hashes, folders } = value;
  return areTexts(registry, path) && isTextList(hashes) && isTextList(folders);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && areTexts(...value);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}

/** Signals to 0, 1 and negative numbers reach whole groups of processes, or the first of all. */
function isPid(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 1;
}
