import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Engine, RecordUnavailableError } from '../engine/index.js';

type Inbox = Engine['inbox'];

export interface UpdateReceiptsDependencies {
  readonly inbox: Pick<Inbox, 'receive' | 'refuse' | 'close'>;
  readonly platform: Parameters<Inbox['receive']>[0];
  readonly log: Logger;
}

/** A platform's side of the inbox: what it takes down, and what it ends there. */
export interface UpdateReceipts {
  /** @throws on a defect only */
  take(key: string, payload: unknown, groupKey?: string): Promise<Receipt>;
  /**
   * For an update that was answered with what makes no batch. The record may be away for a while,
   * and a row left open would be answered again: resolves once it is closed.
   */
  close(key: string): Promise<void>;
  /** What cannot be ended is tried once more, and then left open, to be taken up after this process. */
  stop(): void;
}

export type Receipt =
  /** It is on record, and this process's to deal with. */
  | { readonly kind: 'new' }
  /** It had arrived before: others deal with it, or have. */
  | { readonly kind: 'repeated' }
  | NotKept;

/** The record is away or too slow: its sender is to hear that nothing was kept of it. */
export interface NotKept {
  readonly kind: 'not-kept';
  /**
   * Its row may stand there yet: it is closed, lest people get what they were told to ask for again,
   * but only once they were told. Until then it is nobody's, and an update may be dealt with too
   * often rather than not at all. `told` resolves with undefined where there was nobody to tell:
   * `unheard` is one that is on record after all, for this process to deal with.
   */
  refuse(told: Promise<boolean | undefined>): Promise<'over' | 'unheard'>;
}

/** Milliseconds that the record has to take an update down: its sender waits for a first answer. */
const recordPatienceMs = 2_000;
/** Between two tries to end an update while the record is away. */
const endPauseMs = 1_000;

export function createUpdateReceipts(deps: UpdateReceiptsDependencies): UpdateReceipts {
  const { inbox, platform, log } = deps;
  const stopped = new AbortController();

  async function untilRecorded(key: string, write: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await write();
      } catch (err) {
        if (stopped.signal.aborted) throw err;
        if (failures === 1) log.warn({ err, key }, 'an answered update cannot be closed yet');
        await sleep(endPauseMs, undefined, { signal: stopped.signal, ref: false }).catch(() => {
          // Stopped: one last try.
        });
      }
    }
  }

  async function refuse(
    key: string,
    writing: ReturnType<Inbox['receive']>,
    told: Promise<boolean | undefined>,
  ): ReturnType<NotKept['refuse']> {
    const written = writing.catch(() => undefined);
    const isTold = await told;
    const receipt = await written;
    if (receipt?.isNew === false) return 'over';
    if (isTold) await untilRecorded(key, () => inbox.refuse(platform, key));
    return isTold === undefined && receipt ? 'unheard' : 'over';
  }

  return {
    async take(key, payload, groupKey) {
      const writing = inbox.receive(platform, key, payload, groupKey);
      const receipt = await inTime(writing);
      if (receipt) return { kind: receipt.isNew ? 'new' : 'repeated' };
      log.warn({ key }, 'the record is away or too slow: an update was not kept');
      return { kind: 'not-kept', refuse: (told) => refuse(key, writing, told) };
    },
    close: (key) => untilRecorded(key, () => inbox.close(platform, key)),
    stop: () => stopped.abort(),
  };
}

/** Undefined: the record is away, or takes longer than it may. */
async function inTime<T>(writing: Promise<T>): Promise<T | undefined> {
  const patience = new AbortController();
  const { signal } = patience;
  try {
    return await Promise.race([writing, sleep(recordPatienceMs, undefined, { signal })]);
  } catch (error) {
    if (error instanceof RecordUnavailableError) return undefined;
    throw error;
  } finally {
    patience.abort();
  }
}
