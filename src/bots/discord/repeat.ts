import { setTimeout as sleep } from 'node:timers/promises';
import { DiscordError, type DiscordProblem } from './discord-errors.js';

/** Failures after which an edit or a deletion may be tried again: doing it twice does no harm. */
export const passingProblems: readonly DiscordProblem[] = [
  'rate-limited',
  'unwell',
  'unanswered',
  'unreachable',
];

/** Failures after which even a new message may be tried again: nothing was done. */
export const untouchedProblems: readonly DiscordProblem[] = ['rate-limited', 'unreachable'];

const attempts = 5;
/** Milliseconds, times the number of the try. */
const pauseMs = 400;

/** For answers that are no cards; cards have a renderer that tries again. @throws DiscordError */
export async function repeat<T>(
  operation: () => Promise<T>,
  problems: readonly DiscordProblem[],
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof DiscordError) || !problems.includes(error.problem)) throw error;
      if (attempt === attempts) throw error;
      await sleep(error.retryAfterMs ?? pauseMs * attempt);
    }
  }
}
