/** Endpoints of policies: names that begin with their owner, tags that stay. */
import type { AccountMetadata, Policy, PolicyRule } from '../../core/account-metadata.ts';
import { RegistryError } from '../../core/registry-error.ts';
import { parsePattern, parseTagPattern } from '../../core/repository-pattern.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { jsonReply } from '../../http/reply.ts';
import { accountEndpoint } from './endpoint.ts';
import { type Fields, invalid, optional, readFields, readParameters, required, text } from './fields.ts';
import { PATTERN } from './values.ts';

const FIELDS = ['kind', 'pattern', 'tags'];

/** GET of `policies`. @param configured those that hold as long as the registry is started so */
export function listPolicies(metadata: AccountMetadata, configured: () => readonly Policy[]): Endpoint {
  return accountEndpoint('administrator', async () => {
    const stored = await metadata.listPolicies();
    return jsonReply(200, { policies: [...stored, ...configured()].map(toView) });
  });
}

/** POST to `policies`: `{kind, pattern?, tags?}`. */
export function addPolicy(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('administrator', async (request) => {
    const policy = await metadata.addPolicy(readPolicy(await readFields(request, FIELDS)));
    return { ...jsonReply(201, toView(policy)), subject: subjectOf(policy) };
  });
}

/** DELETE of `policies?kind=…&pattern=…&tags=…`. */
export function removePolicy(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('administrator', async (request) => {
    const meant = readPolicy(readParameters(request, FIELDS));
    const known = (await metadata.listPolicies()).find((policy) => isSame(policy, meant));
    if (known === undefined || !(await metadata.removePolicy(known.id)))
      throw new RegistryError('policy-unknown', `There is no policy ${meant.kind} for ${meant.pattern}.`);
    return { status: 204, headers: {}, subject: subjectOf(meant) };
  });
}

/** Every repository and every tag, unless some are named. */
function readPolicy(fields: Fields): PolicyRule {
  const kind = required(fields, 'kind', 'require-owner or immutable-tags', parseKind);
  const pattern = optional(fields, 'pattern', PATTERN, text(parsePattern)) ?? '**';
  const tags = optional(fields, 'tags', 'a pattern of tags such as v*', text(parseTagPattern));
  if (kind === 'immutable-tags') return { kind, pattern, tags: tags ?? '*' };
  if (tags !== undefined) throw invalid('require-owner is not about tags.');
  return { kind, pattern };
}

function parseKind(value: unknown): PolicyRule['kind'] | undefined {
  return value === 'require-owner' || value === 'immutable-tags' ? value : undefined;
}

function isSame(one: PolicyRule, other: PolicyRule): boolean {
  return one.kind === other.kind && one.pattern === other.pattern && tagsOf(one) === tagsOf(other);
}

function subjectOf(policy: PolicyRule): string {
  return [policy.kind, policy.pattern, tagsOf(policy) ?? ''].join(' ').trimEnd();
}

function toView(policy: PolicyRule): object {
  return { kind: policy.kind, pattern: policy.pattern, tags: tagsOf(policy) };
}

function tagsOf(policy: PolicyRule): string | null {
  return policy.kind === 'immutable-tags' ? policy.tags : null;
}
