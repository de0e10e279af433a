/** Declares `devreg doctor …`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the commands. */
export function declareDoctor(parent: Command, context: Context): void {
  const doctor = parent
    .command('doctor')
    .summary('find out why something does not work')
    .description(
      'Find out why something does not work, and what mends it: this machine, its container engine, and a registry ' +
        'with its cluster are looked at, and a small image is sent all the way from here into a pod and removed again. ' +
        'Ends with 8 when there are problems.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--quick', 'look, but send no image')
    .option('--fix', "mend what is devreg's to mend, and look again")
    .option('--hosts-file', 'with --fix, write names that lead nowhere into the hosts file')
    .option('-o, --output <format>', 'table, json, yaml, name or jsonpath=… (default: table)')
    .action(async (_flags, self: Command) => {
      const { doctor: examine } = await import('../actions/doctor.ts');
      await examine(context, self.optsWithGlobals());
    });
  addExamples(doctor, [
    ['devreg doctor', 'everything'],
    ['devreg doctor --quick -o json', 'for scripts, in a second'],
    ['devreg doctor --fix', 'mend what devreg may'],
    ["devreg doctor explain 'x509: certificate signed by unknown authority'", 'what an error means here'],
  ]);
  const explain = doctor
    .command('explain')
    .summary('explain an error of docker, podman, kubectl, helm and others')
    .description(
      'Explain an error that docker, podman, skopeo, buildx, containerd, a kubelet, helm or curl said: what it means, ' +
        'why it is so here, and the command that mends it. Nothing is changed, and nothing is sent anywhere.',
    )
    .argument('[text...]', 'the error, or - to read it from standard input (default: standard input)')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (words: readonly string[], _flags, self: Command) => {
      const { explainText } = await import('../actions/doctor-explain.ts');
      await explainText(context, words, self.optsWithGlobals());
    });
  addExamples(explain, [
    ["devreg doctor explain 'x509: certificate signed by unknown authority'", 'an error as an argument'],
    ['docker push localhost:5001/app 2>&1 | devreg doctor explain', 'an error as it comes'],
    ['kubectl describe pod app | devreg doctor explain -o json', 'for scripts'],
  ]);
}
