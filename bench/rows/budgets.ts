import type { BenchContext } from '../bench-context.js';
import type { Sample } from '../chat-load.js';
import { type Peer, startPeer } from '../processes.js';
import { measured, type Row } from '../row.js';

/** What a platform's stand-in was asked for in a while. */
export interface Traffic {
  /** Requests that send or edit a message. */
  readonly sent: number;
  readonly refused: number;
}

/** What the platform permits a bot in all, requests a second. */
const permittedPerSecond = { telegram: 30, discord: 50 };
const cards = 500;
/** The first answers of 500 cards and their first edits, at 12 a second. */
const settleMs = 90_000;
const watchedMs = 30_000;
/** More of them, which end in the midst of the others. */
const ending = 5;
const beginMs = 10_000;
/**
 * Between two changes of one message: Telegram's chats take one a second, Discord's channels five in
 * five seconds.
 */
const leastIntervalMs = 1000;

/**
 * 500 cards that run at once, each with progress twice a second, under the platform's own limits:
 * how much of what the platform permits goes to progress. The rest stays free for answers and
 * finished images, which would else wait.
 */
export async function runningCards(
  { servers, say }: BenchContext,
  platform: 'telegram' | 'discord',
): Promise<Row[]> {
  const name = platform === 'telegram' ? 'Telegram' : 'Discord';
  say(`${cards} running cards under ${name}'s budget`);
  const chats = await startPeer('chats.ts', { platform, withLimits: true });
  let easel: Peer | undefined;
  try {
    easel = await startPeer('easel.ts', {
      platform,
      ...(await chats.call<object>('address')),
      databaseUrl: await servers.createDatabase(),
      redisUrl: servers.redisUrl,
      folder: servers.folder,
      concurrency: cards + ending,
      runMs: 600_000,
      progressEveryMs: 500,
      withBudgets: true,
    });
    await chats.call('send', cards);
    await pause(settleMs);
    await chats.call('traffic');
    await pause(watchedMs);
    const { sent, refused } = await chats.call<Traffic>('traffic');
    const permitted = permittedPerSecond[platform];
    const asked = chats.call<Sample[]>('askOthers', { first: cards, people: ending });
    await pause(beginMs);
    const endedAt = await easel.call<number>('endLast', ending);
    const ends = (await asked).map(({ shownAt }) => shownAt - endedAt);
    return [
      measured({
        figure: `${cards} running cards: part of the bot's whole budget that progress uses (${name})`,
        unit: '',
        values: [sent / ((permitted * watchedMs) / 1000)],
        goal: { least: 0.9 },
        why: 'Progress leaves a part of it to answers and finished images',
        against: `${permitted} requests/s`,
      }),
      measured({
        figure: `${cards} running cards: 429s in ${watchedMs / 1000} s (${name})`,
        unit: '',
        values: [refused],
        goal: { most: 0 },
      }),
      measured({
        figure: `${cards} running cards: the backend ends a run → its image is shown (${name})`,
        unit: 'ms',
        values: ends,
        goal: { most: 1.1 * leastIntervalMs },
        why: 'A card that showed progress a moment ago waits until its chat takes another change',
        against: `${leastIntervalMs} ms between two edits`,
      }),
    ];
  } finally {
    await easel?.kill();
    await chats.end();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
