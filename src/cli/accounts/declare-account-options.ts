/** Options of all commands about accounts: which registry, and who logs in. */
import type { Command } from 'commander';

/** Adds the options. */
export function addAccountOptions(command: Command): Command {
  return command
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--registry <address>', 'any other registry, by its address such as https://HOST:PORT')
    .option('--user <name>', 'who logs in (default: the administrator that create made)')
    .option(
      '--password-stdin',
      'read passwords from standard input, one a line: first that of --user, then the new one where there is one',
    )
    .option('-o, --output <format>', 'table, wide, json, yaml, name or jsonpath=… (default: table)');
}
