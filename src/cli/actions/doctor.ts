/** `devreg doctor`: what is wrong, and what mends it. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { readEngineWish } from '../../config/engine-wish.ts';
import { type DevregError, isDevregError } from '../../errors.ts';
import type { AnyRecord } from '../../state/record.ts';
import { chooseName, noSuchRegistry } from '../../workflows/chosen-registry.ts';
import { type DoctorOrder, type Finding, examine, toFinding } from '../../workflows/doctor.ts';
import { type State, openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { formatFindings, tellFindings } from './doctor-answer.ts';
import { repair } from './doctor-fix.ts';
import { openDoctorPorts } from './doctor-ports.ts';
import { parseOutputFormat } from '../output/format.ts';

/**
 * Looks at everything, mends what is devreg's to mend where that is wanted, and answers with what was found.
 * @throws DevregError CONFIG_INVALID, REGISTRY_NOT_FOUND, PROBLEMS_FOUND
 */
export async function doctor(context: Context, flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine, signal } = surroundings;
  const options = createOptionReader(flags, env);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', FORMATS);
  const [isQuick, isFix] = [options.readSwitch('quick'), options.readSwitch('fix')];
  const mayWriteHosts = [options.readSwitch('hostsFile'), options.readSwitch('yes')].includes(true);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const state = openState({ ...machine, env });
  const ports = openDoctorPorts(state, readEngineWish(undefined, env), context);
  const look = async (): Promise<Look> => {
    const { record, others, finding } = await findSubject(chosen, state);
    const found = await examine({ record, others, isQuick }, ports, signal);
    return { record, findings: finding === undefined ? found : [finding, ...found] };
  };
  const first = await look();
  const isMended = isFix && first.record !== undefined;
  const { findings } =
    isMended && (await repair(first.findings, first.record, mayWriteHosts, state, context)) ? await look() : first;
  terminal.answer(await formatFindings(findings, format));
  tellFindings(findings, isFix, terminal);
}

interface Look {
  readonly record: AnyRecord | undefined;
  readonly findings: readonly Finding[];
}

const FORMATS = ['table', 'json', 'yaml', 'name', 'jsonpath'] as const;

/** A record that cannot be read is a finding; a name that nobody has is a mistake. */
async function findSubject(
  chosen: string | undefined,
  { records }: State,
): Promise<Omit<DoctorOrder, 'isQuick'> & { readonly finding?: Finding }> {
  const all = await records.list().catch(refused);
  if (!Array.isArray(all)) return { record: undefined, others: [], finding: toFinding('records', all) };
  const record = findRecord(chosen, all);
  return { record, others: all.filter((one) => one !== record) };
}

/** Without any registry the machine is looked at. */
function findRecord(chosen: string | undefined, all: readonly AnyRecord[]): AnyRecord | undefined {
  const name = chooseName(chosen, all);
  const record = all.find((one) => one.name === name);
  if (record === undefined && (chosen !== undefined || all.length > 0)) throw noSuchRegistry(name, all);
  return record;
}

function refused(error: unknown): DevregError {
  if (isDevregError(error)) return error;
  throw error;
}
