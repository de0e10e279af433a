/** The door of the credential helper: the process, its input, and its exit code. */
import { readFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import { resolveFolders } from '../state/folders.ts';
import { openKeeper } from './keeper.ts';
import { type Answer, answer } from './protocol.ts';

const { argv, env, platform } = process;
const { text, exitCode } = await answerOrTell();
writeSync(1, text);
process.exitCode = exitCode;

/** Clients show what is on standard output, so that is where an error goes. */
async function answerOrTell(): Promise<Answer> {
  try {
    const keeper = openKeeper(resolveFolders({ platform, home: homedir(), env }));
    return await answer(argv.slice(2), () => readFileSync(0, 'utf8'), keeper, manifest.version);
  } catch (error) {
    return { text: `${error instanceof Error ? error.message : String(error)}\n`, exitCode: 1 };
  }
}
