import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Engine, type LeftUpdate, RecordUnavailableError } from '../engine/index.js';

type Inbox = Engine['inbox'];

export interface InboxWatchDependencies {
  readonly inbox: Pick<Inbox, 'takeUp'>;
  readonly platform: Parameters<Inbox['takeUp']>[0];
  /** Keys of the updates that this process deals with. */
  readonly inHand: () => readonly string[];
  /** Deals with one that nobody had in hand; from now on it is. */
  readonly takeUp: (update: LeftUpdate) => void;
  /** Ends one that was left so often that it may be what takes processes down. */
  readonly giveUp: (update: LeftUpdate) => void;
  readonly log: Logger;
}

/** Looks for updates that were taken down and left open, at once and again and again. */
export interface InboxWatch {
  start(): void;
  stop(): void;
}

/** A third of the time for which an update stays in hand without a word. */
const everyMs = 1_000;
const mostTakeovers = 3;

export function createInboxWatch(deps: InboxWatchDependencies): InboxWatch {
  const { inbox, platform, inHand, log } = deps;
  const stopped = new AbortController();
  const { signal } = stopped;
  let isUnread = false;

  async function look(): Promise<void> {
    try {
      const left = await inbox.takeUp(platform, inHand());
      isUnread = false;
      if (signal.aborted) return;
      for (const update of left) {
        if (update.takeovers <= mostTakeovers) deps.takeUp(update);
        else deps.giveUp(update);
      }
    } catch (err) {
      const isAway = err instanceof RecordUnavailableError;
      if (!isUnread) log[isAway ? 'warn' : 'error']({ err }, 'Open updates cannot be read yet');
      isUnread = true;
    }
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      await look();
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {
        // Stopped: there is nothing more to wait for.
      });
    }
  }

  return {
    start: () => void watch(),
    stop: () => stopped.abort(),
  };
}
