import { describe, expect, it } from 'vitest';
import type { CardToShow, ShowOutcome } from '../../../src/chat/index.js';
import type { BatchView } from '../../../src/engine/index.js';
import { batchView, imageView, taskView } from '../../support/batch-views.js';
import { type CardBench, createCardBench } from '../../support/card-bench.js';

const start = new Date('2026-11-20T12:00:00Z');

function waiting(id = 'batch0'): BatchView {
  return batchView({ id });
}

function running(id = 'batch0'): BatchView {
  const task = taskView({ state: 'processing', run: 1, startedAt: start });
  return batchView({ id, tasks: [task] });
}

function finished(id = 'batch0'): BatchView {
  const images = [imageView()];
  const times = { startedAt: start, finishedAt: new Date(start.getTime() + 9000) };
  return batchView({ id, tasks: [taskView({ state: 'completed', run: 1, images, ...times })] });
}

async function started(): Promise<CardBench> {
  const bench = createCardBench();
  bench.renderer.start();
  await bench.timers.settle();
  return bench;
}

/** Shows that only end when the test says so. */
function heldShows(bench: CardBench) {
  const ends: ((outcome?: ShowOutcome) => void)[] = [];
  bench.answer = (card) =>
    new Promise((resolve) => {
      ends.push((outcome = { kind: 'shown', address: { ...card.address, message: 5 } }) =>
        resolve(outcome),
      );
    });
  return ends;
}

const phases = (shows: readonly CardToShow[]) => shows.map(({ view }) => view.phase);
const ids = (shows: readonly CardToShow[]) => shows.map(({ batchId }) => batchId);

describe('delivery of states', () => {
  it('shows a card at once, and records where it is', async () => {
    const bench = await started();
    bench.position = { position: 3, estimateMs: null };
    bench.change(waiting());
    await bench.timers.settle();
    expect(bench.shows).toMatchObject([{ final: false, tick: false, sendingSince: null }]);
    expect(bench.shows[0]?.view.lines).toEqual(['queued · #3']);
    expect(bench.rows.get('batch0')).toMatchObject({
      renderedVersion: 1,
      address: { chat: 1, message: 5 },
    });
  });

  it('finds cards whose signal was lost', async () => {
    const bench = await started();
    bench.change(waiting(), { silently: true });
    await bench.timers.advance(1000);
    expect(bench.shows).toHaveLength(1);
  });

  it('tells the platform of cards that say no more than what is gone', async () => {
    const bench = await started();
    bench.change(finished('whole'));
    bench.change(batchView({ id: 'gone', tasks: [taskView({ state: 'completed', run: 1 })] }));
    bench.change(batchView({ id: 'erased', erased: true }));
    await bench.timers.advance(1000);
    const told = Object.fromEntries(bench.shows.map((show) => [show.batchId, show.onlyEdits]));
    expect(told).toEqual({ whole: false, gone: true, erased: true });
  });

  it('tells it of a new image of a batch that has lost others, until that was shown', async () => {
    const bench = await started();
    const lost = taskView({ state: 'completed', run: 1 });
    const made = taskView({ id: 'task1', ordinal: 1, state: 'completed', images: [imageView()] });
    const batch = batchView({ tasks: [lost, made] });
    bench.answer = ({ address }) => ({ kind: 'shown', address, imageIds: ['img0'] });
    bench.change(batch);
    await bench.timers.advance(1000);
    bench.change(batch);
    await bench.timers.advance(1000);
    expect(bench.shows.map((show) => [show.onlyEdits, show.shownImageIds])).toEqual([
      [false, []],
      [true, ['img0']],
    ]);
  });

  it('shows nothing twice', async () => {
    const bench = await started();
    bench.change(waiting());
    await bench.timers.advance(60_000);
    expect(bench.shows).toHaveLength(1);
  });

  it('lets finished cards go first, then those that nobody has seen', async () => {
    const bench = await started();
    bench.change(waiting('seen'));
    await bench.timers.settle();
    bench.readyInMs = () => 500;
    bench.change(running('seen'));
    bench.change(running('new'));
    bench.change(finished('done'));
    await bench.timers.advance(100);
    bench.readyInMs = () => 0;
    await bench.timers.advance(1000);
    expect(ids(bench.shows)).toEqual(['seen', 'done', 'new', 'seen']);
  });

  it('does not let finished cards keep back for long what nobody has seen', async () => {
    const bench = await started();
    let readyAtMs = 0;
    bench.readyInMs = () => {
      const waitMs = readyAtMs - bench.timers.nowMs();
      if (waitMs <= 0) readyAtMs = bench.timers.nowMs() + 1000;
      return Math.max(0, waitMs);
    };
    // Each has images for more than one turn.
    bench.answer = ({ final }) =>
      final
        ? { kind: 'unfinished', address: { message: 5 }, retryAfterMs: 0, reason: 'more images' }
        : { kind: 'shown', address: { message: 6 } };
    for (const id of ['done1', 'done2', 'done3', 'done4']) bench.change(finished(id));
    bench.change(waiting('new'));
    await bench.timers.advance(5000);
    const place = ids(bench.shows).indexOf('new');
    expect(place).toBeGreaterThan(1);
    expect(place).toBeLessThan(4);
  });

  it('sends no second message for a card that was shown while the due ones were read', async () => {
    const bench = await started();
    const ends = heldShows(bench);
    bench.change(waiting());
    await bench.timers.settle();
    let arrive = () => {};
    bench.onTheWay = () => new Promise((resolve) => (arrive = resolve));
    bench.change(waiting('another'));
    await bench.timers.settle();
    ends[0]?.();
    await bench.timers.settle();
    bench.onTheWay = async () => {};
    arrive();
    await bench.timers.settle();
    expect(ids(bench.shows)).toEqual(['batch0', 'another']);
  });

  it('waits until the platform is ready, and shows the newest state then', async () => {
    const bench = await started();
    let readyAtMs = 700;
    bench.readyInMs = () => Math.max(0, readyAtMs - bench.timers.nowMs());
    bench.change(waiting());
    await bench.timers.advance(600);
    expect(bench.shows).toEqual([]);
    bench.change(finished());
    readyAtMs = 700;
    await bench.timers.advance(200);
    expect(phases(bench.shows)).toEqual(['completed']);
    expect(bench.rows.get('batch0')?.renderedVersion).toBe(2);
  });

  it('shows one card once at a time, and what changed meanwhile after that', async () => {
    const bench = await started();
    const ends = heldShows(bench);
    bench.change(waiting());
    await bench.timers.settle();
    bench.change(running());
    bench.change(finished());
    await bench.timers.advance(5000);
    expect(bench.shows).toHaveLength(1);
    ends[0]?.();
    await bench.timers.settle();
    expect(phases(bench.shows)).toEqual(['waiting', 'completed']);
    expect(bench.rows.get('batch0')?.renderedVersion).toBe(1);
    ends[1]?.();
    await bench.timers.advance(5000);
    expect(bench.rows.get('batch0')?.renderedVersion).toBe(3);
    expect(bench.shows).toHaveLength(2);
    expect(bench.most.ofOneCard).toBe(1);
  });

  it('shows several cards at the same time, but not any number', async () => {
    const bench = await started();
    const ends = heldShows(bench);
    for (let index = 0; index < 40; index++) bench.change(waiting(`batch${index}`));
    await bench.timers.advance(3000);
    expect(bench.shows).toHaveLength(16);
    for (let index = 0; index < 40; index++) {
      ends[index]?.();
      await bench.timers.settle();
    }
    expect(new Set(ids(bench.shows)).size).toBe(40);
    expect(bench.most).toEqual({ ofOneCard: 1, inAll: 16 });
  });

  it('is not held up in one chat by the cards of another', async () => {
    const bench = await started();
    for (let index = 0; index < 100; index++) {
      bench.change(waiting(`busy${index}`));
      const row = bench.rows.get(`busy${index}`);
      if (row) row.address = { chat: 'busy' };
    }
    bench.readyInMs = ({ chat }) => (chat === 'busy' ? 60_000 : 0);
    await bench.timers.advance(5000);
    bench.change(waiting('free'));
    await bench.timers.advance(5000);
    expect(ids(bench.shows)).toEqual(['free']);
  });
});

describe('delivery against resistance', () => {
  it('comes back when the platform said, and later each time', async () => {
    const bench = await started();
    const at: number[] = [];
    bench.answer = () => {
      at.push(bench.timers.nowMs());
      return { kind: 'later', retryAfterMs: 2000, reason: '502' };
    };
    bench.change(waiting());
    await bench.timers.advance(40_000);
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(pauses[0]).toBeGreaterThanOrEqual(2000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(8000);
    bench.answer = (card) => ({ kind: 'shown', address: card.address });
    await bench.timers.advance(70_000);
    expect(bench.rows.get('batch0')?.renderedVersion).toBe(1);
  });

  it('comes back just when a 429 said, however often, and counts no try', async () => {
    const bench = await started();
    const at: number[] = [];
    bench.answer = () => {
      at.push(bench.timers.nowMs());
      return at.length < 5
        ? { kind: 'wait', retryAfterMs: 300_000, reason: '429' }
        : { kind: 'later', retryAfterMs: 1000, reason: '502' };
    };
    bench.change(waiting());
    await bench.timers.advance(1_205_000);
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(pauses.slice(0, 4).every((pause) => pause >= 300_000 && pause < 302_000)).toBe(true);
    // The first that counts: it is tried again after a second, not after a minute.
    expect(bench.rows.get('batch0')?.attempts).toBeGreaterThan(0);
    expect(pauses.at(4)).toBeLessThan(3000);
  });

  it('ends where nobody can be reached', async () => {
    const bench = await started();
    bench.answer = () => ({ kind: 'undeliverable', reason: 'blocked' });
    bench.change(waiting());
    await bench.timers.advance(60_000);
    expect(bench.shows).toHaveLength(1);
    expect(bench.rows.get('batch0')?.undeliverable).toBe('blocked');
  });

  it('of one defective card does not stop the others', async () => {
    const bench = await started();
    bench.answer = (card) => {
      if (card.batchId === 'bad') throw new Error('defect');
      return { kind: 'shown', address: card.address };
    };
    bench.change(waiting('bad'));
    bench.change(waiting('good'));
    await bench.timers.advance(10_000);
    bench.change(finished('good'));
    await bench.timers.advance(1000);
    expect(bench.rows.get('good')?.renderedVersion).toBe(2);
    expect(bench.rows.get('bad')?.attempts).toBeGreaterThanOrEqual(2);
    expect(bench.logged).toContainEqual(expect.objectContaining({ level: 50, batchId: 'bad' }));
  });

  it('survives an address that cannot be read', async () => {
    const bench = await started();
    bench.readyInMs = () => {
      throw new Error('what address is this');
    };
    bench.change(waiting());
    await bench.timers.advance(1000);
    expect(bench.rows.get('batch0')?.renderedVersion).toBe(1);
  });

  it('tells the platform of a send whose answer never came', async () => {
    const bench = await started();
    bench.answer = async (card) => {
      await card.sending();
      throw new Error('connection lost');
    };
    bench.change(waiting());
    await bench.timers.advance(1500);
    expect(bench.shows.at(-1)?.sendingSince).toEqual(start);
  });

  it('remembers where a card is while the record is away', async () => {
    const bench = await started();
    bench.broken = new Set(['rendered']);
    bench.change(waiting());
    await bench.timers.advance(20_000);
    expect(bench.shows).toHaveLength(1);
    bench.broken = new Set();
    await bench.timers.advance(10_000);
    expect(bench.shows).toHaveLength(1);
    expect(bench.rows.get('batch0')).toMatchObject({ renderedVersion: 1, address: { message: 5 } });
  });

  it.each(['due', 'hold'] as const)('goes on after the record was away: %s', async (operation) => {
    const bench = await started();
    bench.broken = new Set([operation]);
    bench.change(waiting());
    await bench.timers.advance(30_000);
    bench.broken = new Set();
    await bench.timers.advance(6000);
    expect(bench.shows).toHaveLength(1);
  });

  it('leaves the cards to the process that holds the lease', async () => {
    const bench = createCardBench();
    bench.isLeaseFree = false;
    bench.renderer.start();
    bench.change(waiting());
    await bench.timers.advance(30_000);
    expect(bench.shows).toEqual([]);
    bench.isLeaseFree = true;
    await bench.timers.advance(2000);
    expect(bench.shows).toHaveLength(1);
    bench.isLeaseFree = false;
    await bench.timers.advance(3000);
    bench.change(finished());
    bench.progress({ fraction: 0.5 });
    await bench.timers.advance(30_000);
    expect(bench.shows).toHaveLength(1);
  });

  it('renews the lease all the time', async () => {
    const bench = await started();
    await bench.timers.advance(30_000);
    expect(bench.held.length).toBeGreaterThanOrEqual(10);
  });
});

describe('progress', () => {
  async function withRunningCard(): Promise<CardBench> {
    const bench = await started();
    bench.change(running());
    await bench.timers.settle();
    bench.shows.length = 0;
    return bench;
  }

  it('is shown as a tick of the same state', async () => {
    const bench = await withRunningCard();
    bench.progress({ fraction: 0.5 });
    await bench.timers.settle();
    expect(bench.shows).toMatchObject([{ tick: true, final: false, address: { message: 5 } }]);
    expect(bench.shows[0]?.view.lines[0]).toContain('50%');
    expect(bench.rows.get('batch0')).toMatchObject({ version: 1, renderedVersion: 1 });
  });

  it('is shown only where something changed for the eye', async () => {
    const bench = await withRunningCard();
    bench.progress({ fraction: 0.5 });
    await bench.timers.settle();
    bench.progress({ fraction: 0.501 });
    await bench.timers.settle();
    expect(bench.shows).toHaveLength(1);
    bench.progress({
      fraction: 0.501,
      preview: { bytes: new Uint8Array(1), mediaType: 'image/jpeg' },
    });
    await bench.timers.settle();
    expect(bench.shows).toHaveLength(2);
    expect(bench.shows[1]?.view.picture?.kind).toBe('preview');
  });

  it('keeps the last preview while news come without one', async () => {
    const bench = await withRunningCard();
    const preview = { bytes: new Uint8Array(1), mediaType: 'image/jpeg' };
    bench.progress({ fraction: 0.2, preview });
    bench.progress({ fraction: 0.4 });
    await bench.timers.settle();
    expect(bench.shows.at(-1)?.view.picture).toMatchObject({ kind: 'preview' });
  });

  it('waits for its turn, and then the latest is shown', async () => {
    const bench = await withRunningCard();
    const readyAtMs = bench.timers.nowMs() + 900;
    bench.readyInMs = () => Math.max(0, readyAtMs - bench.timers.nowMs());
    for (let step = 1; step <= 8; step++) {
      bench.progress({ fraction: step / 10 });
      await bench.timers.advance(100);
    }
    expect(bench.shows).toEqual([]);
    await bench.timers.advance(200);
    expect(bench.shows).toHaveLength(1);
    expect(bench.shows[0]?.view.lines[0]).toContain('80%');
  });

  it('is dropped and not repeated when the platform is busy', async () => {
    const bench = await withRunningCard();
    bench.answer = () => ({ kind: 'wait', retryAfterMs: 3000, reason: '429' });
    bench.progress({ fraction: 0.1 });
    await bench.timers.settle();
    bench.progress({ fraction: 0.2 });
    await bench.timers.advance(2000);
    expect(bench.shows).toHaveLength(1);
    expect(bench.rows.get('batch0')?.attempts).toBe(0);
    bench.answer = (card) => ({ kind: 'shown', address: card.address });
    await bench.timers.advance(2000);
    expect(bench.shows.at(-1)?.view.lines[0]).toContain('20%');
  });

  it('gives way to a new state', async () => {
    const bench = await withRunningCard();
    bench.readyInMs = (_address, final) => (final ? 0 : 100);
    bench.progress({ fraction: 0.9 });
    bench.change(finished());
    await bench.timers.advance(5000);
    bench.progress({ fraction: 1 });
    await bench.timers.advance(5000);
    expect(phases(bench.shows)).toEqual(['completed']);
  });

  it('lets the time go on, and shows a silence, without news from the backend', async () => {
    const bench = await withRunningCard();
    await bench.timers.advance(21_000);
    expect(bench.shows.length).toBeGreaterThanOrEqual(3);
    expect(bench.shows.length).toBeLessThanOrEqual(5);
    expect(bench.shows.at(-1)?.view.lines).toHaveLength(2);
    expect(bench.shows.every(({ tick }) => tick)).toBe(true);
  });

  it('is taken up for cards that an earlier process has shown', async () => {
    const bench = createCardBench();
    bench.change(running());
    Object.assign(bench.rows.get('batch0') ?? {}, { renderedVersion: 1 });
    bench.renderer.start();
    await bench.timers.settle();
    bench.progress({ fraction: 0.3 });
    await bench.timers.settle();
    bench.progress({ fraction: 0.4 });
    await bench.timers.settle();
    expect(bench.shows.at(-1)?.view.lines[0]).toContain('40%');
  });

  it('goes on by itself after a restart, also without news from the backend', async () => {
    const bench = createCardBench();
    bench.change(running());
    Object.assign(bench.rows.get('batch0') ?? {}, { renderedVersion: 1 });
    bench.renderer.start();
    await bench.timers.advance(6_000);
    expect(bench.shows.length).toBeGreaterThan(0);
    expect(bench.shows.every(({ tick }) => tick)).toBe(true);
  });

  it('of batches without a card here is left alone', async () => {
    const bench = await started();
    for (let index = 0; index < 3000; index++) {
      bench.progress({ batchId: `other${index}`, fraction: 0.5 });
    }
    await bench.timers.advance(10_000);
    expect(bench.shows).toEqual([]);
    expect(bench.logged).toEqual([]);
  });
});

describe('positions', () => {
  it('are shown anew when they halved or are next, and at most every 15 s', async () => {
    const bench = await started();
    bench.position = { position: 8, estimateMs: null };
    bench.change(waiting());
    await bench.timers.settle();
    const at = async (position: number) => {
      bench.position = { position, estimateMs: null };
      bench.shows.length = 0;
      await bench.timers.advance(16_000);
      return bench.shows.flatMap(({ view }) => view.lines);
    };
    expect(await at(8)).toEqual([]);
    expect(await at(5)).toEqual([]);
    expect(await at(4)).toEqual(['queued · #4']);
    expect(await at(3)).toEqual([]);
    expect(await at(1)).toEqual(['queued · #1']);
    expect(await at(1)).toEqual([]);
  });
});

describe('stopping', () => {
  it('shows what is final, leaves the rest, and lets the lease go', async () => {
    const bench = await started();
    const readyAtMs = bench.timers.nowMs() + 2000;
    bench.readyInMs = () => Math.max(0, readyAtMs - bench.timers.nowMs());
    bench.change(finished('done'));
    bench.change(waiting('open'));
    await bench.timers.settle();
    const stopped = bench.renderer.stop();
    await bench.timers.advance(3000);
    await stopped;
    expect(ids(bench.shows)).toEqual(['done']);
    expect(bench.rows.get('done')?.renderedVersion).toBe(1);
    expect(bench.held.at(-1)).toBe('let go');
  });

  it('does not wait longer than its grace', async () => {
    const bench = await started();
    heldShows(bench);
    bench.change(finished());
    await bench.timers.settle();
    const stopped = bench.renderer.stop();
    await bench.timers.advance(5000);
    await stopped;
    expect(bench.held.at(-1)).toBe('let go');
  });

  it('is quick when there is nothing to do, and nothing is shown after it', async () => {
    const bench = await started();
    const stopped = bench.renderer.stop();
    await bench.timers.settle();
    await stopped;
    bench.change(finished());
    await bench.timers.advance(10_000);
    expect(bench.shows).toEqual([]);
  });

  it('ends also while the record is away', async () => {
    const bench = await started();
    bench.broken = new Set(['hold', 'due', 'rendered', 'letGo']);
    bench.change(finished());
    await bench.timers.advance(3000);
    const stopped = bench.renderer.stop();
    await bench.timers.advance(6000);
    await stopped;
    expect(bench.shows).toEqual([]);
  });
});
