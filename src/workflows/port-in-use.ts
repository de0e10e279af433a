/** Says who has a port that could not be had. */
import { findPortHolder } from '../provider/process/port-holder.ts';
import { describeProcess, findCommand } from '../provider/process/process-command.ts';
import { PortInUseError } from '../provider/provider.ts';

/** The error for a port that somebody listens on, with their name where the system tells it. */
export async function portInUse(port: number, hint: string): Promise<PortInUseError> {
  const holder = await findPortHolder(port);
  const who = holder === undefined ? 'another program' : describeProcess(holder.pid, holder.command);
  return new PortInUseError(port, `Port ${port} is in use by ${who}.`, hint);
}

/** How a process of this machine is written in sentences. */
export async function nameProcess(pid: number | undefined): Promise<string> {
  return pid === undefined ? 'another process' : describeProcess(pid, await findCommand(pid));
}
