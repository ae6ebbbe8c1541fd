import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createSendBudget,
  type SendBusyError,
  type SendOptions,
} from '../../../src/bots/telegram/send-budget.js';
import { TelegramCallError } from '../../../src/bots/telegram/telegram-errors.js';

const privateChat = 4711;
const group = -4711;

describe("Telegram's send budget", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A budget whose calls take `callMs` and note when they began, in milliseconds. */
  const noting = (callMs = 20) => {
    const begun: { readonly name: string; readonly at: number }[] = [];
    const start = performance.now();
    return {
      budget: createSendBudget(),
      begun,
      call: (name: string) => async () => {
        begun.push({ name, at: performance.now() - start });
        await new Promise((resolve) => setTimeout(resolve, callMs));
      },
    };
  };

  it('never sends two messages to a chat within a second, also when calls are slow', async () => {
    const { budget, begun, call } = noting(700);
    const all = Promise.all([1, 2, 3, 4, 5].map((n) => budget.run(privateChat, call(`${n}`))));
    await vi.advanceTimersByTimeAsync(20_000);
    await all;
    const gaps = begun.slice(1).map(({ at }, before) => at - (begun[before]?.at ?? 0) - 700);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(begun.map(({ name }) => name)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('never sends more than twenty messages to a group within a minute', async () => {
    const { budget, begun, call } = noting();
    const all = Promise.all([...Array(45).keys()].map((n) => budget.run(group, call(`${n}`))));
    await vi.advanceTimersByTimeAsync(200_000);
    await all;
    const mostInAMinute = begun.map(
      ({ at }) => begun.filter((other) => other.at >= at && other.at < at + 60_000).length,
    );
    expect(Math.max(...mostInAMinute)).toBeLessThanOrEqual(20);
  });

  it('sends at most thirty messages a second, to many chats at the same time', async () => {
    const { budget, begun, call } = noting();
    const all = Promise.all([...Array(100).keys()].map((n) => budget.run(n + 1, call(`${n}`))));
    await vi.advanceTimersByTimeAsync(20_000);
    await all;
    const mostInASecond = begun.map(
      ({ at }) => begun.filter((other) => other.at >= at && other.at < at + 1000).length,
    );
    expect(Math.max(...mostInASecond)).toBeLessThanOrEqual(30);
    expect(begun.filter(({ at }) => at < 1000).length).toBeGreaterThanOrEqual(20);
  });

  it('lets finished cards go before all else that waits', async () => {
    const { budget, begun, call } = noting();
    const all = Promise.all([
      budget.run(privateChat, call('first')),
      budget.run(privateChat, call('answer')),
      budget.run(privateChat, call('finished'), { isFinal: true }),
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    await all;
    expect(begun.map(({ name }) => name)).toEqual(['first', 'finished', 'answer']);
  });

  it('refuses progress rather than letting it wait', async () => {
    const { budget, call } = noting();
    const answer = budget.run(privateChat, call('answer'));
    const tick = budget.run(privateChat, call('tick'), { maxWaitMs: 0 });
    await expect(tick).rejects.toMatchObject({ name: 'SendBusyError' });
    await vi.advanceTimersByTimeAsync(1000);
    await answer;
  });

  it('leaves a chat alone for as long as a 429 said', async () => {
    const { budget, begun, call } = noting();
    const refused = budget.run(privateChat, async () => {
      throw new TelegramCallError(
        'sendMessage',
        { kind: 'rate-limited', retryAfterMs: 9000 },
        '429',
      );
    });
    await expect(refused).rejects.toMatchObject({ failure: { kind: 'rate-limited' } });
    expect(budget.readyInMs(privateChat, 'card', 'final')).toBeGreaterThan(8000);
    const next = budget.run(privateChat, call('next'));
    await vi.advanceTimersByTimeAsync(20_000);
    await next;
    expect(begun[0]?.at).toBeGreaterThanOrEqual(9000);
  });

  it('counts an album by its files', async () => {
    const { budget, begun, call } = noting();
    const all = Promise.all([
      budget.run(privateChat, call('album'), { messages: 4 }),
      budget.run(privateChat, call('next')),
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    await all;
    expect(begun[1]?.at).toBeGreaterThanOrEqual(4000);
  });

  it('holds back the progress of all chats for as long as a 429 said, and nothing else', async () => {
    const { budget } = noting();
    const failure = { kind: 'rate-limited', retryAfterMs: 9000 } as const;
    const refused = budget.run(privateChat, async () => {
      throw new TelegramCallError('sendMessage', failure, '429');
    });
    await expect(refused).rejects.toMatchObject({ failure });
    expect(budget.readyInMs(815, 'card', 'progress')).toBe(9000);
    expect(budget.readyInMs(815, 'card', 'final')).toBe(0);
    await vi.advanceTimersByTimeAsync(9000);
    expect(budget.readyInMs(816, 'card', 'progress')).toBe(0);
  });

  it('starts an album when all its files have room, which progress then leaves to it', async () => {
    const { budget, begun, call } = noting();
    const sent: number[] = [];
    const send = (chat: number, name: string, options: SendOptions) =>
      budget.run(
        chat,
        () => {
          sent.push(...Array<number>(options.messages ?? 1).fill(performance.now()));
          return call(name)();
        },
        options,
      );
    for (let ms = 0; ms < 4000; ms += 10) {
      for (let chat = 1; chat <= 100; chat += 1) {
        if (budget.readyInMs(chat, 'card', 'progress') > 0) continue;
        void send(chat, 'progress', { maxWaitMs: 0 });
      }
      if (ms === 2000) void send(privateChat, 'album', { isFinal: true, messages: 10 });
      await vi.advanceTimersByTimeAsync(10);
    }
    const mostInASecond = sent.map(
      (at) => sent.filter((other) => other >= at && other < at + 1000).length,
    );
    expect(Math.max(...mostInASecond)).toBeLessThanOrEqual(29);
    expect(begun.find(({ name }) => name === 'album')?.at).toBeLessThanOrEqual(2600);
  });

  it('lets no stream of single messages keep an album waiting', async () => {
    const { budget, begun, call } = noting();
    const sent: number[] = [];
    const send = (chat: number, name: string, messages: number) =>
      void budget.run(
        chat,
        () => {
          sent.push(...Array<number>(messages).fill(performance.now()));
          return call(name)();
        },
        { isFinal: true, messages },
      );
    for (let ms = 0; ms < 8000; ms += 20) {
      send(ms + 1, 'image', 1);
      if (ms === 2000) for (const chat of [-1, -2]) send(chat, 'album', 10);
      await vi.advanceTimersByTimeAsync(20);
    }
    const albums = begun.filter(({ name }) => name === 'album').map(({ at }) => at);
    expect(albums).toHaveLength(2);
    // Some forty images have come before them by then that had no room yet.
    expect(Math.max(...albums)).toBeLessThanOrEqual(5000);
    const mostInASecond = sent.map(
      (at) => sent.filter((other) => other >= at && other < at + 1000).length,
    );
    expect(Math.max(...mostInASecond)).toBeLessThanOrEqual(29);
    expect(sent.length).toBeGreaterThanOrEqual(7 * 27);
  });

  it("keeps an album within a group's minute, and progress from taking the room it waits for", async () => {
    const { budget, begun, call } = noting();
    let album: Promise<unknown> | undefined;
    let albumAt = 40_000;
    for (let ms = 0; ms < 200_000; ms += 100) {
      if (budget.readyInMs(group, 'card', 'progress') === 0) {
        void budget.run(group, call('progress'), { maxWaitMs: 0 });
      }
      if (ms >= albumAt && !album) {
        const options = { isFinal: true, messages: 10, maxWaitMs: 5000 };
        album = budget.run(group, call('album'), options).catch((error: SendBusyError) => {
          albumAt = ms + error.retryAfterMs;
          album = undefined;
        });
      }
      await vi.advanceTimersByTimeAsync(100);
    }
    await album;
    const albumBegun = begun.find(({ name }) => name === 'album')?.at ?? 0;
    expect(albumBegun).toBeGreaterThan(0);
    expect(albumBegun).toBeLessThan(110_000);
    const beside = begun.filter(({ at, name }) => {
      return name === 'progress' && Math.abs(at - albumBegun) < 60_000;
    });
    const minutes = [albumBegun - 60_000, ...beside.map(({ at }) => at)];
    const mostInAMinute = minutes.map((from) => {
      const others = beside.filter(({ at }) => at >= from && at < from + 60_000).length;
      return others + (albumBegun >= from && albumBegun < from + 60_000 ? 10 : 0);
    });
    expect(Math.max(...mostInAMinute)).toBeLessThanOrEqual(20);
  });

  it('lets an album through that is larger than all the room there is', async () => {
    const { begun, call } = noting();
    const budget = createSendBudget({
      limits: {
        chatIntervalMs: 10,
        groupWindowMs: 1000,
        groupPerWindow: { all: 5, progress: 3 },
        overallPerSecond: { all: 5, progress: 4 },
        progressIntervalMs: { private: 100, group: 100 },
      },
    });
    void budget.run(group, call('answer'));
    void budget.run(group, call('album'), { messages: 10 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(begun.map(({ name }) => name)).toEqual(['answer', 'album']);
    expect(begun[1]?.at).toBeGreaterThanOrEqual(1000);
  });

  it('gives one card the turn, and each card of a chat its share of progress', async () => {
    const { budget, begun, call } = noting();
    for (let ms = 0; ms < 30_000; ms += 50) {
      for (const card of ['a', 'b', 'c']) {
        if (budget.readyInMs(privateChat, card, 'progress') > 0) continue;
        void budget.run(privateChat, call(card), { maxWaitMs: 0 });
      }
      await vi.advanceTimersByTimeAsync(50);
    }
    const shares = ['a', 'b', 'c'].map((card) => begun.filter(({ name }) => name === card).length);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  });

  it('keeps a part of a group for answers and finished cards, whatever progress there is', async () => {
    const { budget, begun, call } = noting();
    for (let ms = 0; ms < 60_000; ms += 100) {
      if (budget.readyInMs(group, 'card', 'progress') === 0) {
        void budget.run(group, call('progress'), { maxWaitMs: 0 });
      }
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(begun.length).toBeGreaterThanOrEqual(8);
    expect(begun.length).toBeLessThanOrEqual(12);
    expect(budget.readyInMs(group, 'card', 'progress')).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(budget.readyInMs(group, 'other', 'final')).toBe(0);
  });

  it('gives progress nearly all that Telegram permits, at a pace that lets finished cards in', async () => {
    const { budget, begun, call } = noting();
    const finished: number[] = [];
    for (let ms = 0; ms < 10_000; ms += 10) {
      for (let chat = 1; chat <= 100; chat += 1) {
        if (budget.readyInMs(chat, 'card', 'progress') > 0) continue;
        void budget.run(chat, call('progress'), { maxWaitMs: 0 });
      }
      if (ms % 1000 === 500) {
        const asked = performance.now();
        const note = async () => void finished.push(performance.now() - asked);
        void budget.run(1000 + ms, note, { isFinal: true });
      }
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(begun.length).toBeGreaterThanOrEqual(250);
    const mostInASecond = begun.map(
      ({ at }) => begun.filter((other) => other.at >= at && other.at < at + 1000).length,
    );
    expect(Math.max(...mostInASecond)).toBeLessThanOrEqual(29);
    expect(finished).toHaveLength(10);
    expect(Math.max(...finished)).toBeLessThanOrEqual(50);
  });

  it('refuses what waits when the bot stops', async () => {
    const { budget, call } = noting();
    const first = budget.run(privateChat, call('first'));
    const waiting = budget.run(privateChat, call('waiting'));
    budget.close();
    await expect(waiting).rejects.toMatchObject({ name: 'SendBudgetClosedError' });
    await vi.advanceTimersByTimeAsync(100);
    await first;
  });
});
