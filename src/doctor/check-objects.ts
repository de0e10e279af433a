/** Whether a cluster's objects are there, as they were applied, and its workloads up. Pure. */
import { type Finding, ok, problem } from './finding.ts';

/** Judges the cluster's API. */
export function judgeClusterApi(isAnswering: boolean, name: string): Finding {
  if (isAnswering) return ok('cluster-api', `The API of ${name} answers.`);
  const again = `devreg stop --name ${name} && devreg start --name ${name}`;
  return problem('cluster-api', 'CLUSTER_API_SILENT', `The API of ${name} does not answer.`, again);
}

/** A Deployment of devreg's. */
export interface WorkloadReport {
  readonly name: string;
  /** Undefined: it is up; else a part of a sentence. */
  readonly trouble: string | undefined;
}

/** Judges the workloads. */
export function judgeWorkloads(workloads: readonly WorkloadReport[], name: string): Finding[] {
  const down = workloads.filter(({ trouble }) => trouble !== undefined);
  if (down.length === 0) return [ok('workload', `${workloads.map((one) => one.name).join(' and ')}: up.`)];
  return down.map((one) =>
    problem('workload', 'WORKLOAD_DOWN', `${one.name} is not up: ${one.trouble}.`, `devreg create --name ${name}`),
  );
}

/** An object of devreg's that is gone, or says something else in some of its fields. */
export interface ObjectReport {
  /** `Service devreg/registry`. */
  readonly object: string;
  /** Undefined: all is as it was applied; `missing`, or the fields that differ. */
  readonly drift: 'missing' | readonly string[] | undefined;
}

/** Judges the objects by which nodes, tools and this machine find the registry. */
export function judgeObjects(objects: readonly ObjectReport[], name: string): Finding[] {
  const wrong = objects.filter(({ drift }) => drift !== undefined);
  if (wrong.length === 0) return [ok('objects', `All ${objects.length} objects of ${name} are as they should be.`)];
  return wrong.map(({ object, drift }) => {
    const [code, what] =
      drift === 'missing' ? (['OBJECT_MISSING', 'is gone'] as const) : (['OBJECT_CHANGED', changed(drift)] as const);
    return problem('objects', code, `${object} ${what}.`, `devreg create --name ${name}`);
  });
}

function changed(fields: ObjectReport['drift']): string {
  return `was changed in ${Array.isArray(fields) ? fields.join(', ') : 'some of its fields'}`;
}
