import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that further updates wait for words that are on their way. */
const patienceMs = 2_000;
/** Telegram sends again all that came after an update whose sender was not told. */
const mostRemembered = 1_000;

/** Updates that the record took too long to take down: nobody deals with their rows. */
export interface Refusals {
  /**
   * Until it is closed. Resolves with whether the update need not come again: its sender knows that
   * nothing was kept, or there was nobody to tell.
   */
  open(key: string, telling: Promise<boolean | undefined>): Promise<boolean>;
  close(key: string): void;
  isOpen(key: string): boolean;
  /** What `open` gave, also some time after the end. */
  of(key: string): Promise<boolean> | undefined;
  keys(): readonly string[];
}

export function createRefusals(): Refusals {
  const open = new Map<string, Promise<boolean>>();
  const told = new Set<string>();

  async function isTold(key: string, telling: Promise<boolean | undefined>): Promise<boolean> {
    if ((await telling) === false) return false;
    told.add(key);
    const [oldest] = told;
    if (told.size > mostRemembered && oldest !== undefined) told.delete(oldest);
    return true;
  }

  return {
    open(key, telling) {
      const knowing = isTold(key, telling);
      open.set(key, knowing);
      return knowing;
    },
    close(key) {
      open.delete(key);
    },
    isOpen: (key) => open.has(key),
    of: (key) => (told.has(key) ? Promise.resolve(true) : open.get(key)),
    keys: () => [...open.keys()],
  };
}

/** False: they are not told, or not yet. */
export function inTime(isTold: Promise<boolean>): Promise<boolean> {
  return Promise.race([isTold, sleep(patienceMs, false, { ref: false })]);
}
