/** Trees of JSON merged as the Kubernetes API does. */

/** A map of JSON. */
export interface Tree {
  [field: string]: unknown;
}

/** A merge patch, RFC 7386: null takes a field away, maps are merged, all else is replaced. */
export function mergePatched(target: Tree, patch: Tree): Tree {
  const merged: Tree = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    const before = merged[field];
    if (value === null) delete merged[field];
    else merged[field] = isTree(value) ? mergePatched(isTree(before) ? before : {}, value) : value;
  }
  return merged;
}

/** Takes away what was applied before and is wanted no longer; what others set stays. */
export function withoutFieldsOf(target: Tree, before: Tree, wanted: Tree): Tree {
  const rest: Tree = { ...target };
  for (const [field, value] of Object.entries(before)) {
    const current = rest[field];
    const next = wanted[field];
    if (!isTree(value) || !isTree(current)) {
      if (!(field in wanted)) delete rest[field];
    } else rest[field] = withoutFieldsOf(current, value, isTree(next) ? next : {});
  }
  return rest;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
