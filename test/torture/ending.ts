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

/** Answers of one life; more would make the same data folder better known, not the deaths more varied. */
const ANSWERS_MAX = 80;

/** Moments come several times in one upload. */
const MOMENTS_MAX = 15;

/** Draws an end. */
export function drawEnding(random: Random): Ending {
  const answers = 1 + random.below(ANSWERS_MAX);
  if (random.chance(0.2)) return { text: `SIGTERM after ${answers} answers`, plan: undefined, answers, signal: 'SIGTERM' };
  if (random.chance(0.4)) return { text: `SIGKILL after ${answers} answers`, plan: undefined, answers, signal: 'SIGKILL' };
  const plan = drawDeath(random, MOMENTS_MAX);
  return { text: `death ${describeDeath(plan)}`, plan, answers: ANSWERS_MAX, signal: 'SIGKILL' };
}

/** Draws a moment of death. */
export function drawDeath(random: Random, countMax: number): DeathPlan {
  return { moment: random.pick(DEATH_MOMENTS), side: random.pick(['before', 'after']), count: 1 + random.below(countMax) };
}

/** A moment of death in words. */
export function describeDeath({ moment, side, count }: DeathPlan): string {
  return `${side} ${moment} number ${count}`;
}
