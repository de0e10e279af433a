/** Declares `devreg user …`. */
import type { Command } from 'commander';
import { addAccountOptions } from '../accounts/declare-account-options.ts';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the commands. */
export function declareUser(parent: Command, context: Context): void {
  const user = parent
    .command('user')
    .summary('add, list and remove users of a registry')
    .description('Manage who may log in to a registry. Names count without regard to case.');
  declareAdd(user, context);
  declareList(user, context);
  declarePasswd(user, context);
  declareRemove(user, context);
  addExamples(user, [
    ['devreg user add alice', 'a user with a password that is drawn and shown once'],
    ['devreg user list', 'who there is'],
  ]);
}

function declareAdd(user: Command, context: Context): void {
  const command = user
    .command('add')
    .summary('add a user')
    .description(
      'Add a user. Without --password-stdin a password is drawn, and written to standard output this once. What the ' +
        'user may do is said by devreg permission; pulling is open to all at first.',
    )
    .argument('<name>', 'name of the user')
    .option('--admin', 'an administrator, who may do everything')
    .action(async (name: string, _flags, self: Command) => {
      const { addUser } = await import('../actions/user.ts');
      await addUser(context, name, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg user add alice | docker login -u alice --password-stdin localhost:5001', 'add a user and log in'],
    ['devreg user add alice --password-stdin < password', 'with a password of your own'],
  ]);
}

function declareList(user: Command, context: Context): void {
  const command = user
    .command('list')
    .alias('ls')
    .summary('show the users')
    .description('Show the users of a registry.')
    .action(async (_flags, self: Command) => {
      const { listUsers } = await import('../actions/user.ts');
      await listUsers(context, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg user list', 'a table'],
    ['devreg user list -o json', 'for scripts'],
  ]);
}

function declarePasswd(user: Command, context: Context): void {
  const command = user
    .command('passwd')
    .summary('change a password')
    .description(
      'Change the password of a user: the one in standard input, or one that is drawn and shown once. Logins with the ' +
        'old one end at once; access tokens stay.',
    )
    .argument('<name>', 'name of the user')
    .action(async (name: string, _flags, self: Command) => {
      const { changePassword } = await import('../actions/user.ts');
      await changePassword(context, name, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg user passwd alice', 'draw a new one'],
    ['devreg user passwd alice --user alice --password-stdin < old-and-new', 'as alice herself'],
  ]);
}

function declareRemove(user: Command, context: Context): void {
  const command = user
    .command('rm')
    .alias('remove')
    .summary('remove users')
    .description('Remove users with their tokens and permissions. Their images stay.')
    .argument('<name...>', 'names of the users')
    .action(async (names: string[], _flags, self: Command) => {
      const { removeUsers } = await import('../actions/user.ts');
      await removeUsers(context, names, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg user rm alice', 'one'],
    ['devreg user rm alice bob', 'several'],
  ]);
}
