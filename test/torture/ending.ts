/** How a life of the registry ends. */
import { DEATH_MOMENTS, type Death, SLOW_CALLS, type Slowness } from '../support/registry-process-trouble.ts';
import type { Random } from './seeded-random.ts';

/** An end: by a signal after so many answers, or at an exact moment inside the process. */
export interface Ending {
  readonly text: string;
  readonly death: Death | undefined;
  /** After how many answers to all clients together the signal comes, if the process is still there. */
  readonly answers: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** When a registry that was told to end dies before it has; undefined: it ends in peace. */
  readonly closingDeath?: Death;
}

/** How often a registry is told to end, how often it then dies over it, and within how many moments. */
const IS_TOLD = 0.25;
const DIES_CLOSING = 0.4;
const CLOSING_MOMENTS_MAX = 10;

/** Each moment comes with every so many answers. */
const ANSWERS_PER_MOMENT = 5;

/**
 * Draws an end.
 * @param answersMax to all clients together
 */
export function drawEnding(random: Random, answersMax: number): Ending {
  const answers = 1 + random.below(answersMax);
  if (random.chance(IS_TOLD)) return drawClosing(random, answers);
  if (random.chance(0.4))
    return { text: `SIGKILL after ${answers} answers`, death: undefined, answers, signal: 'SIGKILL' };
  const death = drawDeath(random, Math.ceil(answersMax / ANSWERS_PER_MOMENT));
  return { text: `death ${describeDeath(death)}`, death, answers: answersMax, signal: 'SIGKILL' };
}

function drawClosing(random: Random, answers: number): Ending {
  const closing = { text: `SIGTERM after ${answers} answers`, death: undefined, answers, signal: 'SIGTERM' } as const;
  if (!random.chance(DIES_CLOSING)) return closing;
  const closingDeath = drawDeath(random, CLOSING_MOMENTS_MAX);
  return { ...closing, text: `${closing.text}, to die ${describeDeath(closingDeath)}`, closingDeath };
}

/** Draws a moment of death. */
export function drawDeath(random: Random, countMax: number): Death {
  return {
    moment: random.pick(DEATH_MOMENTS),
    side: random.pick(['before', 'after']),
    count: 1 + random.below(countMax),
  };
}

/** A moment of death in words. */
export function describeDeath({ moment, side, count }: Death): string {
  return `${side} ${moment} number ${count}`;
}

/** How often something is slow, so that more happens at once with it. */
const IS_SLOW = 0.3;

/** Milliseconds. */
const DELAY_MAX = 4;

/** Draws what is slow, if anything. */
export function drawSlowness(random: Random): Slowness | undefined {
  return random.chance(IS_SLOW) ? { call: random.pick(SLOW_CALLS), delay: 1 + random.below(DELAY_MAX) } : undefined;
}
