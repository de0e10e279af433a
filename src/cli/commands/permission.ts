/** Declares `devreg permission …`. */
import type { Command } from 'commander';
import { addAccountOptions } from '../accounts/declare-account-options.ts';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

const GRANTEE = 'a user, authenticated (every user), or anonymous (everybody)';
const PATTERN = 'repositories: * is one part of a name, ** any number of parts';

/** Adds the commands. */
export function declarePermission(parent: Command, context: Context): void {
  const permission = parent
    .command('permission')
    .summary('say who may pull, push, delete')
    .description(
      'Manage who may do what in which repositories. Permissions add up; what everybody may, every user may. At first ' +
        'everybody may pull everything.',
    );
  declareGrant(permission, context);
  declareRevoke(permission, context);
  declareList(permission, context);
  addExamples(permission, [
    ["devreg permission grant alice 'team/**' pull,push", 'let a user push below team/'],
    ["devreg permission revoke anonymous '**'", 'let nobody pull without a login'],
  ]);
}

function declareGrant(permission: Command, context: Context): void {
  const command = permission
    .command('grant')
    .summary('let somebody do something')
    .description(
      'Add actions to what somebody may do: pull, push, delete, and admin, which lets a user say who may do what there.',
    )
    .argument('<grantee>', GRANTEE)
    .argument('<pattern>', PATTERN)
    .argument('<actions...>', 'pull, push, delete, admin')
    .action(async (grantee: string, pattern: string, actions: string[], _flags, self: Command) => {
      const { grantPermission } = await import('../actions/permission.ts');
      await grantPermission(context, [grantee, pattern, actions], self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ["devreg permission grant alice 'team/**' pull,push", 'a user'],
    ["devreg permission grant anonymous 'public/**' pull", 'everybody'],
  ]);
}

function declareRevoke(permission: Command, context: Context): void {
  const command = permission
    .command('revoke')
    .summary('take it back')
    .description('Take actions from what somebody may do in exactly this pattern, or all of them. It acts at once.')
    .argument('<grantee>', GRANTEE)
    .argument('<pattern>', PATTERN)
    .argument('[actions...]', 'pull, push, delete, admin (default: all)')
    .action(async (grantee: string, pattern: string, actions: string[], _flags, self: Command) => {
      const { revokePermission } = await import('../actions/permission.ts');
      await revokePermission(context, [grantee, pattern, actions], self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ["devreg permission revoke alice 'team/**' push", 'she may still pull'],
    ["devreg permission revoke anonymous '**'", 'nobody pulls without a login'],
  ]);
}

function declareList(permission: Command, context: Context): void {
  const command = permission
    .command('list')
    .alias('ls')
    .summary('show who may do what')
    .description('Show permissions: all of them to administrators, to other users their own and those they administer.')
    .option('--for <grantee>', 'only of this grantee')
    .action(async (_flags, self: Command) => {
      const { listPermissions } = await import('../actions/permission.ts');
      await listPermissions(context, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg permission list', 'a table'],
    ['devreg permission list --for anonymous -o json', 'what everybody may do'],
  ]);
}
