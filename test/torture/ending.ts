/** How a life of the registry ends. */
import { DEATH_MOMENTS, type DeathPlan } from '../support/registry-process-death.ts';
import type { Random } from './seeded-random.ts';

/** An end: by a signal after so many answers, or at an exact moment inside the process. */
export interface Ending {
  readonly text: string;
  readonly plan: DeathPlan | undefined;
  /** After how many answers to all clients together the signal comes, if the process is still there. */
  readonly answers: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
}

/** Each moment comes with every so many answers. */
const ANSWERS_PER_MOMENT = 5;

/**
 * Draws an end.
 * @param answersMax to all clients together
 */
export function drawEnding(random: Random, answersMax: number): Ending {
  const answers = 1 + random.below(answersMax);
  if (random.chance(0.2)) return { text: `SIGTERM after ${answers} answers`, plan: undefined, answers, signal: 'SIGTERM' };
  if (random.chance(0.4)) return { text: `SIGKILL after ${answers} answers`, plan: undefined, answers, signal: 'SIGKILL' };
  const plan = drawDeath(random, Math.ceil(answersMax / ANSWERS_PER_MOMENT));
  return { text: `death ${describeDeath(plan)}`, plan, answers: answersMax, signal: 'SIGKILL' };
}

/** Draws a moment of death. */
export function drawDeath(random: Random, countMax: number): DeathPlan {
  return { moment: random.pick(DEATH_MOMENTS), side: random.pick(['before', 'after']), count: 1 + random.below(countMax) };
}

/** A moment of death in words. */
export function describeDeath({ moment, side, count }: DeathPlan): string {
  return `${side} ${moment} number ${count}`;
}
