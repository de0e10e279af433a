/** In which fields an object differs from what was applied; what others have added does not count. Pure. */

/**
 * Compares.
 * @returns the fields, `spec.ports.0.nodePort`; none when all that is wanted is found
 */
export function differingFields(wanted: unknown, found: unknown, path = ''): string[] {
  if (isTree(wanted)) {
    const tree = isTree(found) ? found : {};
    return Object.entries(wanted).flatMap(([key, value]) =>
      differingFields(value, tree[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return [path];
    return wanted.flatMap((item, index) => differingFields(item, found[index], `${path}.${index}`));
  }
  return wanted === found ? [] : [path];
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
