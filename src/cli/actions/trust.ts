/** `devreg trust` and `devreg untrust`. */
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { noSuchRegistry } from '../../workflows/chosen-registry.ts';
import { loginNames } from '../../workflows/login-names.ts';
import { openState } from '../../workflows/open-state.ts';
import { type TrustMachine, openTrustMachine } from '../../workflows/trust-machine.ts';
import { chooseSubject, parseTargets } from '../../workflows/trust-subject.ts';
import { deedsAsCommands, describeDeeds, needsRoot } from '../../workflows/trust-words.ts';
import { type TrustPorts, type TrustReport, trust, untrust } from '../../workflows/trust.ts';
import type { Context } from '../context.ts';
import { type OutputFormat, READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { tellTrust } from '../output/trust-report.ts';
import { confirm } from '../terminal/confirm.ts';

/** The CA as the recipe knows it. */
type Authority = Awaited<ReturnType<typeof chooseSubject>>['authority'];

/**
 * Makes targets trust a registry.
 * @throws DevregError NOT_CONFIRMED, ROOT_NEEDED, TRUST_CONFLICT, TRUST_INCOMPLETE, and those of the recipe
 */
export async function installTrust(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const { env } = context.surroundings;
  const options = createOptionReader(flags, env);
  const form = readForm(options);
  const choice = {
    name: options.read('name', 'a name', parseText),
    registries: options.readAll('registry', 'host and port', parseText),
    caFile: options.read('caFile', 'a file', parseText),
    isInsecure: options.readSwitch('insecure'),
  };
  options.finish();
  const { machine, records } = await open(context);
  // Whoever names a registry means that one, whatever variable names another.
  const name = choice.registries !== undefined && flags['name'] === undefined ? undefined : choice.name;
  const subject = await chooseSubject({ ...choice, name }, await records.list(), machine.authorityFile);
  const request = { targets: parseTargets(names), subject };
  const report = await trust(request, portsOf(context, machine, form, subject.authority));
  if (report !== undefined) await tell(report, context, form, machine, subject.authority);
}

/**
 * Takes back what `installTrust` did.
 * @throws as it does
 */
export async function removeTrust(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const options = createOptionReader(flags, context.surroundings.env);
  const form = readForm(options);
  const chosen = flags['name'] === undefined ? undefined : options.read('name', 'a name', parseText);
  const given = options.readAll('registry', 'host and port', parseText);
  options.finish();
  if (chosen !== undefined && given !== undefined)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --name or --registry.');
  const { machine, records } = await open(context);
  const all = await records.list();
  const record = all.find(({ name }) => name === chosen);
  if (chosen !== undefined && record === undefined) throw noSuchRegistry(chosen, all);
  const registries = record === undefined ? given : loginNames(record);
  const request = { targets: parseTargets(names), registries };
  const report = await untrust(request, portsOf(context, machine, form, undefined));
  if (report !== undefined) await tell(report, context, form, machine, undefined);
}

interface Form {
  readonly format: OutputFormat;
  readonly isPrinted: boolean;
  readonly isAgreed: boolean;
}

function readForm(options: OptionReader): Form {
  return {
    format: parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', READ_FORMATS),
    isPrinted: options.readSwitch('print'),
    isAgreed: options.readSwitch('yes'),
  };
}

async function open({ surroundings }: Context) {
  const { env, machine } = surroundings;
  const { folders, records } = openState({ ...machine, env });
  return { records, machine: await openTrustMachine({ ...machine, env, folders, root: '/' }) };
}

function portsOf(context: Context, machine: TrustMachine, form: Form, authority: Authority): TrustPorts {
  const { surroundings, terminal } = context;
  const { isRoot } = machine.host;
  return {
    machine,
    progress: terminal,
    signal: surroundings.signal,
    async approve(plan) {
      if (form.isPrinted) {
        terminal.answer(
          deedsAsCommands(plan, authority, isRoot)
            .map((line) => `${line}\n`)
            .join(''),
        );
        for (const { hint } of plan.hints) terminal.note(hint);
        return false;
      }
      for (const deed of describeDeeds(plan)) terminal.note(deed);
      if (needsRoot(plan) && !form.isAgreed && !surroundings.env['DEVREG_NO_INPUT']) await ask(context, isRoot);
      return true;
    },
  };
}

async function ask({ surroundings }: Context, isRoot: boolean): Promise<void> {
  const { stdin, stderr, signal } = surroundings;
  const question = isRoot ? 'Change what belongs to root, as above?' : 'Do that as root, by sudo where it lets you?';
  const isThere = stdin.isTTY === true;
  if (isThere && (await confirm(question, stdin, stderr, signal))) return;
  throw new DevregError('failure', 'NOT_CONFIRMED', 'Nothing was changed.', {
    hint: 'Give --yes to agree beforehand, or --print to get the commands.',
  });
}

async function tell(
  report: TrustReport,
  { terminal }: Context,
  { format }: Form,
  { host }: TrustMachine,
  authority: Authority,
): Promise<void> {
  const left = report.left === undefined ? [] : deedsAsCommands(report.left, authority, host.isRoot);
  await tellTrust(report, left, format, terminal);
}
