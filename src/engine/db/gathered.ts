import { isConnectionError, isTooSlow } from './connection-error.js';

/** A statement's parameters and its locks stay few. */
const mostAtOnce = 64;
/** Milliseconds: what waits for somebody's lock holds up no one who came later. */
const patienceMs = 250;

interface Waiting<Item, Answer> {
  readonly item: Item;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Gathers what is asked of the record while the last question of its kind is still being answered,
 * and asks for all of it in one statement: one person alone waits for nothing, and a crowd costs
 * little more than one person (docs/decisions/0025-gathered-statements.md).
 *
 * `ask` answers each item, in their order. Where it fails for several, each is asked by itself, so
 * that one with a defect, or whose row somebody holds locked, fails alone; a lost connection fails
 * them all.
 */
export function gathered<Item, Answer>(
  ask: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let isAsking = false;

  async function askNow(asked: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await ask(asked.map(({ item }) => item));
      for (const [at, { resolve }] of asked.entries()) resolve(answers[at] as Answer);
    } catch (error) {
      const isLost = isConnectionError(error) && !isTooSlow(error);
      if (asked.length === 1 || isLost) for (const { reject } of asked) reject(error);
      else await Promise.all(asked.map((one) => askNow([one])));
    }
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // Whoever asks in the same moment comes along.
    await Promise.resolve();
    while (waiting.length > 0) await atMost(patienceMs, askNow(waiting.splice(0, mostAtOnce)));
    isAsking = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isAsking) void askAll();
    });
}

/** Resolves with the work, or earlier. */
function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
