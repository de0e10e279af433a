/** Declares `devreg policy …`. */
import type { Command } from 'commander';
import { addAccountOptions } from '../accounts/declare-account-options.ts';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

const KIND = 'require-owner or immutable-tags';
const PATTERN = 'repositories: * is one part of a name, ** any number of parts (default: **)';

/** Adds the commands. */
export function declarePolicy(parent: Command, context: Context): void {
  const policy = parent
    .command('policy')
    .summary('keep names with their owners, and tags where they are')
    .description(
      'Manage what holds for repositories whoever acts. require-owner: images begin with the name of the user who ' +
        'pushes them. immutable-tags: tags, once set, neither move nor go.',
    );
  declareChange(policy, context, 'add');
  declareChange(policy, context, 'rm');
  declareList(policy, context);
  addExamples(policy, [
    ["devreg policy add immutable-tags 'team/**' --tags 'v*'", 'releases stay what they are'],
    ['devreg policy add require-owner', 'alice pushes to alice/… only'],
  ]);
}

function declareChange(policy: Command, context: Context, what: 'add' | 'rm'): void {
  const isAdd = what === 'add';
  const command = policy
    .command(what)
    .summary(isAdd ? 'add a policy' : 'remove a policy')
    .description(isAdd ? 'Add a policy. It acts at once.' : 'Remove a policy that was added with the same words.')
    .argument('<kind>', KIND)
    .argument('[pattern]', PATTERN)
    .option('--tags <pattern>', 'of immutable-tags: which tags, such as v* (default: all)')
    .action(async (kind: string, pattern: string | undefined, _flags, self: Command) => {
      const { addPolicy, removePolicy } = await import('../actions/policy.ts');
      await (isAdd ? addPolicy : removePolicy)(context, [kind, pattern], self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    [`devreg policy ${what} immutable-tags 'team/**' --tags 'v*'`, 'tags that begin with v'],
    [`devreg policy ${what} require-owner`, 'of all repositories'],
  ]);
}

function declareList(policy: Command, context: Context): void {
  const command = policy
    .command('list')
    .alias('ls')
    .summary('show the policies')
    .description('Show the policies of a registry.')
    .action(async (_flags, self: Command) => {
      const { listPolicies } = await import('../actions/policy.ts');
      await listPolicies(context, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg policy list', 'a table'],
    ['devreg policy list -o json', 'for scripts'],
  ]);
}
