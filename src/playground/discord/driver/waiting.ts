import { textOf } from '../mentions.js';
import type { Message } from '../records.js';
import type { World } from '../world.js';

export interface WaitOptions {
  /** Real milliseconds; 30 000 where absent. */
  timeoutMs?: number;
}

/**
 * Looks again after every event until there is something.
 * @throws Error with what `describe` says when the time is over
 */
export function waitUntil<Found>(
  world: World,
  look: () => Found | undefined | false,
  describe: () => string,
  { timeoutMs = 30_000 }: WaitOptions = {},
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      world.events.off('change', check);
    };
    const check = () => {
      try {
        const found = look();
        if (found === undefined || found === false) return;
        finish();
        resolve(found);
      } catch (error) {
        finish();
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      finish();
      reject(new Error(`nothing came within ${timeoutMs} ms: ${describe()}`));
    }, timeoutMs);
    world.events.on('change', check);
    check();
  });
}

export function describeMessages(messages: readonly Message[]): string {
  const lines = messages.map((message) => JSON.stringify(textOf(message)));
  return lines.length === 0 ? 'no messages' : lines.join('; ');
}
