import { pino } from 'pino';
import {
  type CardRenderer,
  type CardToShow,
  type ChatPlatform,
  createCardRenderer,
  createTexts,
  type ShowOutcome,
} from '../../src/chat/index.js';
import type {
  BatchView,
  CardAddress,
  CardQueue,
  Engine,
  QueuePosition,
  TaskProgress,
} from '../../src/engine/index.js';
import { createManualTimers, type ManualTimers } from './manual-timers.js';

interface CardRow {
  batch: BatchView;
  address: CardAddress;
  version: number;
  renderedVersion: number;
  attempts: number;
  dueAtMs: number;
  sendingSince: Date | null;
  undeliverable: string | null;
  shownImageIds: readonly string[];
}

/** A card renderer between a fake record and a fake chat, in time that only the test moves. */
export interface CardBench {
  readonly renderer: CardRenderer;
  readonly timers: ManualTimers;
  readonly rows: Map<string, CardRow>;
  /** Every show that the chat was asked for, in order. */
  readonly shows: CardToShow[];
  readonly logged: Record<string, unknown>[];
  /** Puts a new state of a batch on record, as a transaction of the engine would. */
  readonly change: (batch: BatchView, options?: { readonly silently?: boolean }) => void;
  readonly progress: (progress: Partial<TaskProgress> & { readonly fraction: number }) => void;
  /** Decides what becomes of shows; by default the chat shows everything. */
  answer: (card: CardToShow) => ShowOutcome | Promise<ShowOutcome>;
  readyInMs: ChatPlatform['readyInMs'];
  position: QueuePosition | undefined;
  isLeaseFree: boolean;
  /** What the list of due cards waits for, once it was read, until it arrives. */
  onTheWay: () => Promise<void>;
  /** Makes the record fail: the operation's name, or undefined for none. */
  broken: ReadonlySet<keyof CardQueue>;
  /** The most that were shown at the same time: of one card, and in all. */
  readonly most: { ofOneCard: number; inAll: number };
  readonly held: string[];
}

export function createCardBench(): CardBench {
  const timers = createManualTimers();
  const rows = new Map<string, CardRow>();
  const shows: CardToShow[] = [];
  const logged: Record<string, unknown>[] = [];
  const held: string[] = [];
  const showing: string[] = [];
  let onChange: (batchId: string) => void = () => undefined;
  let onProgress: (progress: TaskProgress) => void = () => undefined;

  const check = (operation: keyof CardQueue) => {
    if (bench.broken.has(operation)) throw new Error(`The record is away: ${operation}`);
  };
  const row = (batchId: string): CardRow => {
    const found = rows.get(batchId);
    if (!found) throw new Error(`No card ${batchId}`);
    return found;
  };
  const toDue = (found: CardRow) => {
    const { batch, address, version, renderedVersion, attempts, sendingSince, shownImageIds } =
      found;
    const final = batch.counts.pending + batch.counts.processing === 0;
    const state = { address, version, renderedVersion, attempts, sendingSince, shownImageIds };
    const platform = 'telegram' as const;
    return { batchId: batch.id, platform, ...state, posts: [], final, batch };
  };

  const cards: CardQueue = {
    hold: async () => {
      check('hold');
      if (bench.isLeaseFree) held.push('held');
      return bench.isLeaseFree;
    },
    letGo: async () => {
      check('letGo');
      held.push('let go');
    },
    due: async (_platform, limit, among) => {
      check('due');
      const due = [...rows.values()]
        .filter((one) => among === undefined || among.includes(one.batch.id))
        .filter((one) => one.version > one.renderedVersion && one.undeliverable === null)
        .filter((one) => one.dueAtMs <= timers.nowMs())
        .map(toDue)
        .sort((a, b) => Number(b.final) - Number(a.final))
        .slice(0, limit);
      await bench.onTheWay();
      return due;
    },
    read: async (batchId) => {
      check('read');
      const found = rows.get(batchId);
      return found && found.undeliverable === null ? toDue(found) : undefined;
    },
    live: async () => {
      check('live');
      return [...rows.values()]
        .map(toDue)
        .filter(({ final, renderedVersion }) => !final && renderedVersion > 0);
    },
    rendered: async (batchId, version, address, imageIds) => {
      check('rendered');
      const found = row(batchId);
      found.renderedVersion = Math.max(found.renderedVersion, version);
      Object.assign(found, { address, attempts: 0, sendingSince: null });
      if (imageIds) found.shownImageIds = imageIds;
    },
    sending: async (batchId) => {
      check('sending');
      row(batchId).sendingSince ??= timers.now();
    },
    placed: async (batchId, address) => {
      check('placed');
      Object.assign(row(batchId), { address, sendingSince: null });
    },
    postpone: async (batchId, _version, delayMs) => {
      check('postpone');
      const found = row(batchId);
      found.attempts += 1;
      found.dueAtMs = timers.nowMs() + delayMs;
    },
    defer: async (batchId, delayMs) => {
      check('defer');
      row(batchId).dueAtMs = timers.nowMs() + delayMs;
    },
    undeliverable: async (batchId, reason) => {
      check('undeliverable');
      row(batchId).undeliverable = reason;
    },
    readdress: async (batchId, _platform, address) => {
      Object.assign(row(batchId), { address, undeliverable: null });
      return true;
    },
    findByAddress: async () => undefined,
    posts: {
      begin: async () => undefined,
      sent: async () => undefined,
      release: async () => undefined,
      doubt: async () => undefined,
      sendAgain: async () => 0,
    },
  };

  const engine: Pick<Engine, 'cards' | 'position' | 'onProgress' | 'onCardChanged'> = {
    cards,
    position: async () => bench.position,
    onProgress: (listener) => {
      onProgress = listener;
      return () => undefined;
    },
    onCardChanged: (_platform, listener) => {
      onChange = listener;
      return () => undefined;
    },
  };
  const platform: ChatPlatform = {
    name: 'telegram',
    readyInMs: (address, final) => bench.readyInMs(address, final),
    show: async (card) => {
      shows.push(card);
      showing.push(card.batchId);
      const same = showing.filter((batchId) => batchId === card.batchId).length;
      bench.most.ofOneCard = Math.max(bench.most.ofOneCard, same);
      bench.most.inAll = Math.max(bench.most.inAll, showing.length);
      try {
        return await bench.answer(card);
      } finally {
        showing.splice(showing.indexOf(card.batchId), 1);
      }
    },
  };

  const bench: CardBench = {
    renderer: createCardRenderer({
      engine,
      platform,
      texts: createTexts(),
      now: timers.now,
      log: pino({}, { write: (line) => logged.push(JSON.parse(line)) }),
      timers,
    }),
    timers,
    rows,
    shows,
    logged,
    held,
    change: (batch, { silently = false } = {}) => {
      const known = rows.get(batch.id);
      if (known) Object.assign(known, { batch, version: known.version + 1 });
      else {
        rows.set(batch.id, {
          batch,
          address: { chat: 1, message: null },
          version: 1,
          renderedVersion: 0,
          attempts: 0,
          dueAtMs: timers.nowMs(),
          sendingSince: null,
          undeliverable: null,
          shownImageIds: [],
        });
      }
      if (!silently) onChange(batch.id);
    },
    progress: (progress) => onProgress({ batchId: 'batch0', taskId: 'task0', run: 1, ...progress }),
    answer: (card) => ({ kind: 'shown', address: { ...card.address, message: 5 } }),
    readyInMs: () => 0,
    position: undefined,
    isLeaseFree: true,
    onTheWay: async () => {},
    broken: new Set(),
    most: { ofOneCard: 0, inAll: 0 },
  };
  return bench;
}
