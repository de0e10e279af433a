/** The labels by which people and tools find what belongs together. */
import type { Manifest } from './objects.ts';

/** What differs from object to object. */
export interface Labelled {
  readonly name: string;
  readonly component: string;
  readonly instance: string;
  readonly version: string;
}

type Labels = Readonly<Record<string, string>>;

/**
 * Adds the labels that Kubernetes recommends to objects and to the pods they make; those there are stay.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function withLabels(objects: readonly Manifest[], { name, component, instance, version }: Labelled): Manifest[] {
  const labels: Labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': labelValue(instance),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'devreg',
    'app.kubernetes.io/managed-by': 'devreg',
    'app.kubernetes.io/version': labelValue(version),
  };
  return objects.map((object) => {
    const labelled = { ...object, metadata: addTo(object.metadata, labels) };
    return hasPods(object) ? { ...labelled, spec: withPodLabels(object.spec, labels) } : labelled;
  });
}

interface PodMaker extends Manifest {
  readonly spec: { readonly template: { readonly metadata?: { readonly labels?: Labels } } };
}

function hasPods(object: Manifest): object is PodMaker {
  return object.kind === 'Deployment';
}

function withPodLabels({ template, ...spec }: PodMaker['spec'], labels: Labels): object {
  return { ...spec, template: { ...template, metadata: addTo(template.metadata ?? {}, labels) } };
}

function addTo<T extends { readonly labels?: Labels }>(metadata: T, labels: Labels): T {
  return { ...metadata, labels: { ...labels, ...metadata.labels } };
}

/** Versions may have a plus sign, and names may be longer than the 63 characters a label has. */
function labelValue(text: string): string {
  return text
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, 63)
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/gi, '');
}
