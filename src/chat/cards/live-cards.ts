import {
  type BatchPhase,
  type CardAddress,
  type DueCard,
  phaseOf,
  type QueuePosition,
  type TaskProgress,
} from '../../engine/index.js';
import type { SeenProgress } from './card-input.js';
import { percent } from './progress-bar.js';
import type { Timers } from './wakeup.js';

/** Without news from the backend, a running card's time goes on this often. */
const elapsedIntervalMs = 5_000;
const positionIntervalMs = 15_000;

/** A card in the chat whose batch has not ended. */
interface LiveCard {
  readonly batchId: string;
  address: CardAddress;
  phase: BatchPhase;
  shownAt: number;
  /** Something that the chat does not show yet: progress, or a position. */
  hasNews: boolean;
  /** The platform was busy: no progress before. */
  notBefore: number;
  position: number | null;
  positionCheckedAt: number;
  readonly progress: Map<string, SeenProgress>;
}

export interface LiveCardsDependencies {
  readonly now: () => Date;
  readonly timers: Timers;
  readonly isOverdue?: (address: CardAddress) => boolean;
}

export type LiveCards = ReturnType<typeof createLiveCards>;

/**
 * What changes on cards between their states: progress, time and position. All of it may be lost.
 * Holds one entry for each unfinished card that the chat shows.
 */
export function createLiveCards({ now, timers, isOverdue }: LiveCardsDependencies) {
  const cards = new Map<string, LiveCard>();

  return {
    progressed(progress: TaskProgress): void {
      const card = cards.get(progress.batchId);
      if (!card) return;
      const last = card.progress.get(progress.taskId);
      if (last && last.run > progress.run) return;
      const preview = progress.preview ?? (last?.run === progress.run ? last.preview : undefined);
      const seen = { ...progress, ...(preview && { preview }), seenAt: now() };
      card.progress.set(progress.taskId, seen);
      const isVisible =
        !last ||
        last.run !== progress.run ||
        last.preview !== preview ||
        percent(last.fraction) !== percent(progress.fraction);
      if (isVisible) card.hasNews = true;
    },

    progressOf(batchId: string): ReadonlyMap<string, SeenProgress> {
      return cards.get(batchId)?.progress ?? new Map();
    },

    /** The chat shows this state of the card, at `card.address`. */
    shown(card: DueCard, position: QueuePosition | null): void {
      const { batchId, address } = card;
      const known = cards.get(batchId);
      const time = timers.nowMs();
      cards.set(batchId, {
        batchId,
        address,
        phase: phaseOf(card.batch.counts),
        shownAt: time,
        hasNews: known?.hasNews ?? false,
        notBefore: 0,
        position: position?.position ?? null,
        positionCheckedAt: time,
        progress: known?.progress ?? new Map(),
      });
    },

    /** Before a view is made: news that comes later is for the next one. */
    beginShowing(batchId: string): void {
      const card = cards.get(batchId);
      if (card) card.hasNews = false;
    },

    busyFor(batchId: string, delayMs: number): void {
      const card = cards.get(batchId);
      if (card) card.notBefore = timers.nowMs() + delayMs;
    },

    forget(batchId: string): void {
      cards.delete(batchId);
    },

    clear(): void {
      cards.clear();
    },

    /** Cards that could be refreshed now, those first that were so the longest time ago. */
    withNews(): readonly { readonly batchId: string; readonly address: CardAddress }[] {
      const time = timers.nowMs();
      return [...cards.values()]
        .filter(({ address, hasNews, notBefore, phase, shownAt }) => {
          const isStale = phase === 'running' && time - shownAt >= elapsedIntervalMs;
          return notBefore <= time && (hasNews || isStale || isOverdue?.(address) === true);
        })
        .sort((a, b) => a.shownAt - b.shownAt);
    },

    /** Waiting cards whose position was not looked at for a while. At most five at a time. */
    positionsToCheck(): string[] {
      const before = timers.nowMs() - positionIntervalMs;
      return [...cards.values()]
        .filter(({ phase, positionCheckedAt }) => {
          return phase === 'waiting' && positionCheckedAt <= before;
        })
        .sort((a, b) => a.positionCheckedAt - b.positionCheckedAt)
        .slice(0, 5)
        .map(({ batchId }) => batchId);
    },

    /** A position is news when it has halved or is next. */
    positionChecked(batchId: string, position: QueuePosition | null): void {
      const card = cards.get(batchId);
      if (!card) return;
      card.positionCheckedAt = timers.nowMs();
      if (position === null || position.position === card.position) return;
      const hasHalved = card.position === null || position.position <= card.position / 2;
      if (hasHalved || position.position === 1) card.hasNews = true;
    },
  };
}
