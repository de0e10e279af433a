/** Says what in a parsed kind configuration is not as kind wants it, and where. Pure. */
import { isObject } from '../json-values.ts';
import type { KindConfig } from './kind-config.ts';

/** What is wrong, as a sentence without its end, and the way to it from the top. */
export interface ShapeProblem {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

type Value = unknown;
type Check = (value: Value, path: ShapeProblem['path']) => ShapeProblem | undefined;

const API_VERSION = 'kind.x-k8s.io/v1alpha4';

/** @returns the first problem, or undefined when the value is a `KindConfig` */
export function findShapeProblem(value: unknown): ShapeProblem | undefined {
  return checkCluster(value, []);
}

/** Whether a value is a kind configuration. */
export function isKindConfig(value: unknown): value is KindConfig {
  return findShapeProblem(value) === undefined;
}

function fail(path: ShapeProblem['path'], what: string): ShapeProblem {
  return { path, what };
}

const text: Check = (value, path) =>
  typeof value === 'string' ? undefined : fail(path, `${nameOf(path)} must be a text`);

const wholeNumber: Check = (value, path) =>
  Number.isInteger(value) ? undefined : fail(path, `${nameOf(path)} must be a whole number`);

function exactly(...words: readonly string[]): Check {
  return (value, path) => {
    if (typeof value === 'string' && words.includes(value)) return undefined;
    return fail(path, `${nameOf(path)} must be ${words.join(' or ')}, not ${JSON.stringify(value) ?? 'missing'}`);
  };
}

function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return fail(path, `${nameOf(path)} must be a list`);
    return firstOf(value.map((item: unknown, index) => check(item, [...path, index])));
  };
}

function mapOf(check: Check): Check {
  return (value, path) => {
    if (!isObject(value)) return fail(path, `${nameOf(path)} must be a mapping`);
    return firstOf(Object.entries(value).map(([key, item]) => check(item, [...path, key])));
  };
}

/** Fields that may be there; those of `required` must be. */
function fields(checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, path) => {
    if (!isObject(value)) return fail(path, `${nameOf(path)} must be a mapping`);
    return firstOf(
      Object.entries(checks).map(([key, check]) => {
        if (value[key] !== undefined) return check(value[key], [...path, key]);
        return required.includes(key) ? fail(path, `${key} is missing${within(path)}`) : undefined;
      }),
    );
  };
}

const checkMount = fields({ hostPath: text, containerPath: text }, ['hostPath', 'containerPath']);

const checkPortMapping = fields(
  { hostPort: wholeNumber, containerPort: wholeNumber, listenAddress: text, protocol: text },
  ['containerPort'],
);

const checkNode = fields({
  role: exactly('control-plane', 'worker'),
  image: text,
  labels: mapOf(text),
  extraMounts: listOf(checkMount),
  extraPortMappings: listOf(checkPortMapping),
});

const checkCluster = fields(
  {
    kind: exactly('Cluster'),
    apiVersion: exactly(API_VERSION),
    name: text,
    nodes: listOf(checkNode),
    networking: fields({ ipFamily: text, apiServerPort: wholeNumber, serviceSubnet: text }),
    containerdConfigPatches: listOf(text),
    containerdConfigPatchesJSON6902: listOf(text),
  },
  ['kind', 'apiVersion'],
);

function firstOf(problems: readonly (ShapeProblem | undefined)[]): ShapeProblem | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** The way to a value as people write it: `nodes[0].role`. */
function nameOf(path: ShapeProblem['path']): string {
  if (path.length === 0) return 'the configuration';
  return path
    .reduce<string>((name, step) => (typeof step === 'number' ? `${name}[${step}]` : `${name}.${step}`), '')
    .replace(/^\./, '');
}

function within(path: ShapeProblem['path']): string {
  return path.length === 0 ? '' : ` in ${nameOf(path)}`;
}
