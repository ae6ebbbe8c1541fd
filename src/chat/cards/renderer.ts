import type { Logger } from 'pino';
import type { CardAddress, DueCard, Engine, QueuePosition } from '../../engine/index.js';
import type { ChatPlatform } from '../platform.js';
import type { Texts } from '../texts.js';
import { createCardDelivery } from './card-delivery.js';
import { createLiveCards } from './live-cards.js';
import { createWakeup, systemTimers, type Timers } from './wakeup.js';

/** Well within the lease that the engine gives. */
const leaseRenewalMs = 2_000;
const sweepIntervalMs = 1_000;
const mostFailurePauseMs = 5_000;
/** The platform's answer may be a fraction of a millisecond away. */
const shortestPauseMs = 10;
/** Of cards that nobody has seen yet, and of all others: big pictures hold up no first answer. */
const showsAtOnce = 16;
/**
 * A new state of a card that is in the chat already may be over as soon as it began. Milliseconds
 * that it waits for the next; a finished card waits for nothing.
 */
const settlingMs = 200;
/**
 * Milliseconds that the first sign of a card lets finished ones go ahead. Their images may keep a
 * chat busy for minutes, and who has asked meanwhile must not think that nobody heard.
 */
const firstPatienceMs = 2_000;
/** Cards that are read ahead of those that wait for their platform's budget. */
const readAhead = 32;
const mostHeld = 500;

export interface CardRendererDependencies {
  readonly engine: Pick<Engine, 'cards' | 'position' | 'onProgress' | 'onCardChanged'>;
  readonly platform: ChatPlatform;
  readonly texts: Texts;
  readonly now: () => Date;
  readonly log: Logger;
  readonly timers?: Timers;
  /** What `stop` leaves to finished cards and to what is being sent. 5 s unless told. */
  readonly graceMs?: number;
  /** Each time that a card was shown, with the position that it told; for monitoring. */
  readonly onShown?: (card: DueCard, position: QueuePosition | null) => void;
}

export interface CardRenderer {
  start(): void;
  /** Shows finished cards for as long as the grace lasts, then lets the platform's lease go. */
  stop(): Promise<void>;
}

/**
 * Brings every card that is due into the chat, and progress where there is room for it. One process
 * at a time does so for a platform, by the lease of the engine's card queue. Signals only wake it:
 * what is due stands in the record, so nothing is lost with this process.
 */
export function createCardRenderer(dependencies: CardRendererDependencies): CardRenderer {
  const { engine, platform, now, log, timers = systemTimers, graceMs = 5_000 } = dependencies;
  const { cards } = engine;
  const live = createLiveCards({
    now,
    timers,
    ...(platform.isOverdue
      ? { isOverdue: (address) => platform.isOverdue?.(address) === true }
      : {}),
  });
  const delivery = createCardDelivery({ ...dependencies, live, timers });
  const wakeup = createWakeup(timers);
  /** Due cards that wait for the platform's budget or for a free place, and since when. */
  const held = new Map<string, { readonly card: DueCard; readonly since: number }>();
  const showing = new Map<string, { readonly job: Promise<void>; readonly isFirst: boolean }>();
  /** Cards that a signal named, and that have not been read since. */
  const changed = new Set<string>();
  /** Shown since the last sweep began, which may have read them as they were before. */
  const shownSince = new Set<string>();
  let leaseRenewedAt = Number.NEGATIVE_INFINITY;
  let isHolder = false;
  let sweptAt = Number.NEGATIVE_INFINITY;
  /** The last sweep has not found the end of what is due. */
  let isMoreDue = false;
  let isStopping = false;
  let isOver = false;
  let running: Promise<void> | undefined;
  let stopListening: (() => void)[] = [];

  const time = timers.nowMs;

  function begin(batchId: string, isFirst: boolean, fetched?: DueCard): void {
    held.delete(batchId);
    const job = delivery.bring(batchId, fetched).finally(() => {
      showing.delete(batchId);
      shownSince.add(batchId);
      wakeup.wake();
    });
    showing.set(batchId, { job, isFirst });
  }

  function hasPlace(isFirst: boolean): boolean {
    let taken = 0;
    for (const show of showing.values()) if (show.isFirst === isFirst) taken += 1;
    return taken < showsAtOnce;
  }

  async function holdsLease(): Promise<boolean> {
    if (time() - leaseRenewedAt < leaseRenewalMs) return true;
    const isHeld = await cards.hold(platform.name);
    if (!isHeld) {
      held.clear();
      changed.clear();
      live.clear();
      isHolder = false;
      return false;
    }
    if (!isHolder) {
      // What another process has shown, or this one before a restart, goes on here.
      for (const card of await cards.live(platform.name, mostHeld)) live.shown(card, null);
      isHolder = true;
    }
    leaseRenewedAt = time();
    return true;
  }

  /** Reads what is due, or what signals have named of it. Returns the cards that are fresh now. */
  async function readDue(): Promise<ReadonlySet<string>> {
    const isSweepDue =
      time() - sweptAt >= sweepIntervalMs || (isMoreDue && held.size < readAhead / 2);
    if (isSweepDue) return sweep();
    const named = [...changed].filter((batchId) => !showing.has(batchId)).slice(0, readAhead);
    if (named.length === 0) return new Set();
    for (const batchId of named) changed.delete(batchId);
    try {
      return hold(await cards.due(platform.name, named.length, named));
    } catch (error) {
      for (const batchId of named) changed.add(batchId);
      throw error;
    }
  }

  /** Signals may be lost: all that is due, the same cards again as long as they are. */
  async function sweep(): Promise<ReadonlySet<string>> {
    shownSince.clear();
    const limit = Math.min(held.size + showing.size + readAhead, mostHeld);
    const due = await cards.due(platform.name, limit);
    sweptAt = time();
    isMoreDue = due.length === limit && limit < mostHeld;
    // What is in hand, or was a moment ago, is looked at again after that.
    const inHand = due.filter(({ batchId }) => showing.has(batchId) || shownSince.has(batchId));
    for (const { batchId } of inHand) changed.add(batchId);
    return hold(due.filter((card) => !inHand.includes(card)));
  }

  function hold(due: readonly DueCard[]): ReadonlySet<string> {
    for (const card of due) {
      held.set(card.batchId, { card, since: held.get(card.batchId)?.since ?? time() });
    }
    return new Set(due.map(({ batchId }) => batchId));
  }

  /** One card's defect holds no other up: its own show will meet it too, and postpone it. */
  function readyInMs(batchId: string, address: CardAddress, isFinal: boolean): number {
    try {
      return platform.readyInMs(address, isFinal);
    } catch (error) {
      log.error({ err: error, batchId }, "a card's turn could not be told");
      return 0;
    }
  }

  /** Returns the milliseconds until the next of them may be shown. */
  function showStates(fresh: ReadonlySet<string>): number {
    let pauseMs = Number.POSITIVE_INFINITY;
    const waiting = [...held.values()].map(({ card, since }) => {
      const waitedMs = time() - since;
      return { card, waitedMs, urgency: urgencyOf(card, waitedMs) };
    });
    for (const { card, waitedMs, urgency } of waiting.sort((a, b) => a.urgency - b.urgency)) {
      const { batchId, address, final } = card;
      const isFirst = urgency === urgencies.first || urgency === urgencies.overdueFirst;
      if ((isStopping && !final) || !hasPlace(isFirst)) continue;
      const settledInMs = urgency === urgencies.change ? settlingMs - waitedMs : 0;
      const waitMs = settledInMs > 0 ? settledInMs : readyInMs(batchId, address, final);
      if (waitMs > 0) pauseMs = Math.min(pauseMs, waitMs);
      else begin(batchId, isFirst, fresh.has(batchId) ? card : undefined);
    }
    return pauseMs;
  }

  /** Progress takes what states leave. Returns the milliseconds until the next may be shown. */
  function showProgress(): number {
    let pauseMs = Number.POSITIVE_INFINITY;
    for (const { batchId, address } of live.withNews()) {
      if (!hasPlace(false)) return pauseMs;
      if (held.has(batchId) || showing.has(batchId)) continue;
      const waitMs = readyInMs(batchId, address, false);
      if (waitMs > 0) pauseMs = Math.min(pauseMs, waitMs);
      else begin(batchId, false);
    }
    return pauseMs;
  }

  async function refreshHints(): Promise<void> {
    for (const batchId of live.positionsToCheck()) {
      live.positionChecked(batchId, (await engine.position(batchId)) ?? null);
    }
  }

  /** Returns how long there is nothing to do, unless something wakes the loop. */
  async function pass(): Promise<number> {
    if (!(await holdsLease())) return sweepIntervalMs;
    const untilState = showStates(await readDue());
    if (isStopping) return Math.min(untilState, sweepIntervalMs);
    await refreshHints();
    return Math.min(untilState, showProgress(), sweepIntervalMs);
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (!isOver) {
      const isLast = isStopping;
      let pauseMs: number;
      try {
        pauseMs = await pass();
        failures = 0;
      } catch (error) {
        failures += 1;
        pauseMs = Math.min(sweepIntervalMs * 2 ** (failures - 1), mostFailurePauseMs);
        log.warn({ err: error, platform: platform.name, failures }, 'rendering cards is held up');
      }
      if (isLast && ![...held.values()].some(({ card }) => card.final)) return;
      await wakeup.wait(Math.max(shortestPauseMs, pauseMs));
    }
  }

  async function finish(): Promise<void> {
    await running;
    await Promise.all([...showing.values()].map(({ job }) => job));
  }

  return {
    start: () => {
      stopListening = [
        engine.onCardChanged(platform.name, (batchId) => {
          // Who renders none of them would gather names for ever.
          if (isHolder) changed.add(batchId);
          wakeup.wake();
        }),
        engine.onProgress((progress) => {
          live.progressed(progress);
          wakeup.wake();
        }),
      ];
      running = loop();
    },
    stop: async () => {
      isStopping = true;
      sweptAt = Number.NEGATIVE_INFINITY;
      for (const stop of stopListening) stop();
      wakeup.wake();
      await new Promise<void>((resolve) => {
        const callOff = timers.after(graceMs, resolve);
        void finish().then(() => {
          callOff();
          resolve();
        });
      });
      isOver = true;
      delivery.giveUp();
      wakeup.wake();
      await cards.letGo(platform.name).catch((error: unknown) => {
        log.warn({ err: error, platform: platform.name }, 'the lease could not be let go');
      });
    },
  };
}

/**
 * Finished cards, then those that the chat has not seen at all, unless they have waited for too
 * long, then by how long they wait.
 */
const urgencies = { overdueFirst: 0, final: 1, first: 2, change: 3 } as const;

function urgencyOf({ final, renderedVersion }: DueCard, waitedMs: number): number {
  if (final) return urgencies.final;
  if (renderedVersion > 0) return urgencies.change;
  return waitedMs < firstPatienceMs ? urgencies.first : urgencies.overdueFirst;
}
