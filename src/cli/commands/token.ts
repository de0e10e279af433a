/** Declares `devreg token …`. */
import type { Command } from 'commander';
import { addAccountOptions } from '../accounts/declare-account-options.ts';
import type { Context } from '../context.ts';
import { addExamples, collect } from './declaration.ts';

/** Adds the commands. */
export function declareToken(parent: Command, context: Context): void {
  const token = parent
    .command('token')
    .summary('create, list and revoke access tokens')
    .description(
      'Manage access tokens: second passwords that may do less and end by themselves. A token is given to clients as ' +
        'the password, or sent as Authorization: Bearer or Authorization: token.',
    );
  declareCreate(token, context);
  declareList(token, context);
  declareRevoke(token, context);
  addExamples(token, [
    ['devreg token create ci --scope repository:team/*:pull,push --expires 90d', 'for a pipeline'],
    ['devreg token list', 'which there are, and when they were used'],
  ]);
}

function declareCreate(token: Command, context: Context): void {
  const command = token
    .command('create')
    .summary('create a token')
    .description(
      'Create an access token and write it to standard output this once; the registry keeps its hash. It never may ' +
        'do more than its user.',
    )
    .argument('<name>', 'name of the token')
    .option('--for <user>', 'whose token it is (default: who logs in)')
    .option(
      '--scope <scope>',
      'what it is for, repeatable: repository:PATTERN:pull,push,delete (default: all that the user may do)',
      collect,
    )
    .option('--expires <time>', 'how long it lives, such as 90d, 12h or 1y (default: never ends)')
    .action(async (name: string, _flags, self: Command) => {
      const { createToken } = await import('../actions/token.ts');
      await createToken(context, name, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg token create ci --for alice --scope repository:team/**:pull --expires 90d', 'a token that may only pull'],
    ['devreg token create laptop | docker login -u giteaAdmin --password-stdin localhost:5001', 'log in with a token'],
  ]);
}

function declareList(token: Command, context: Context): void {
  const command = token
    .command('list')
    .alias('ls')
    .summary('show the tokens of a user')
    .description('Show the access tokens of a user: what they are for, when they end, when they were last used.')
    .option('--for <user>', 'whose tokens (default: who logs in)')
    .option('--all', 'the tokens of all users')
    .action(async (_flags, self: Command) => {
      const { listTokens } = await import('../actions/token.ts');
      await listTokens(context, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg token list --for alice', 'a table'],
    ['devreg token list --all -o json', 'everything, for scripts'],
  ]);
}

function declareRevoke(token: Command, context: Context): void {
  const command = token
    .command('revoke')
    .alias('rm')
    .summary('revoke tokens')
    .description('Revoke access tokens. They end at once, and so does what was issued for them.')
    .argument('<name...>', 'names of the tokens')
    .option('--for <user>', 'whose tokens (default: who logs in)')
    .action(async (names: string[], _flags, self: Command) => {
      const { revokeTokens } = await import('../actions/token.ts');
      await revokeTokens(context, names, self.optsWithGlobals());
    });
  addExamples(addAccountOptions(command), [
    ['devreg token revoke ci', 'one of your own'],
    ['devreg token revoke ci --for alice', 'one of somebody else'],
  ]);
}
