import { describe, expect, it } from 'vitest';
import { newCardAddress } from '../../../src/bots/telegram/card-address.js';
import type { SendLimits } from '../../../src/bots/telegram/send-budget.js';
import type { CardPicture, CardView } from '../../../src/chat/index.js';
import type { CardAddress, DueCard } from '../../../src/engine/index.js';
import { completed, show } from '../../contracts/platform.js';
import { createMemoryPosts } from '../../support/memory-posts.js';
import { useTelegramBot } from './bot-harness.js';

/** As with a Bot API server of one's own: here it is not about the pace. */
const quick: SendLimits = {
  chatIntervalMs: 1,
  groupWindowMs: 1,
  groupPerWindow: { all: 1000, progress: 1000 },
  overallPerSecond: { all: 1000, progress: 1000 },
  progressIntervalMs: { private: 1, group: 1 },
};

describe("a batch's images on Telegram", () => {
  const test = useTelegramBot({ limits: 'off' }, quick);

  const begin = async (count: number) => {
    const ada = test.playground.createUser({ firstName: 'Ada' });
    const asked = await ada.send(ada.chat, { text: 'a red fox' });
    test.cards.set('batch1', {} as DueCard);
    const posts = createMemoryPosts();
    const view: CardView = { ...completed(await test.shelf.results(count)), tasks: count };
    const shows = {
      address: newCardAddress(ada.chat.id, null, asked.id) as CardAddress,
      shownImageIds: [] as readonly string[],
      version: 1,
    };
    /** Shows until nothing is left to be done, as the renderer does. */
    const bring = async (platform = test.bot.platform, wanted = view) => {
      for (;;) {
        const { address, ...record } = shows;
        const outcome = await show(platform, address, wanted, {
          ...record,
          posts: posts.current(),
        });
        if (outcome.kind === 'shown' || outcome.kind === 'unfinished') {
          shows.address = outcome.address;
          shows.shownImageIds = outcome.imageIds ?? shows.shownImageIds;
        }
        if (outcome.kind !== 'unfinished' && outcome.kind !== 'wait') return outcome;
      }
    };
    const standing = () =>
      test.playground
        .messages(ada.chat)
        .filter(({ from, deletedAtMs }) => from.is_bot && deletedAtMs === undefined);
    const beside = () => standing().filter(({ content }) => !content.reply_markup);
    /** Once the first images are stored no more, and so many have been made. */
    const withoutFirst = (lost: number, of: number): CardView => {
      shows.version += 1;
      return { ...view, picture: { kind: 'kept', images: imagesOf(view.picture).slice(lost, of) } };
    };
    return { ada, posts, view, bring, standing, beside, withoutFirst };
  };

  it('come as albums of up to ten under the card, each once', async () => {
    const { bring, standing, beside, posts, view } = await begin(13);
    expect((await bring()).kind).toBe('shown');
    const card = standing().find(({ content }) => content.reply_markup);
    expect(card?.content.photo).toBeDefined();
    expect(beside()).toHaveLength(13);
    expect(beside().every(({ replyTo }) => replyTo?.id === card?.id)).toBe(true);
    expect(test.playground.ledger.of('sendMediaGroup')).toHaveLength(2);
    expect(beside().map(({ content }) => content.caption)).toEqual(labelsOf(view));
    expect(posts.all().map(({ state, messageIds }) => [state, messageIds.length])).toEqual([
      ['sent', 10],
      ['sent', 3],
    ]);
    await bring();
    await bring(test.another().platform);
    expect(beside()).toHaveLength(13);
  });

  it('are not sent again when the answer was lost: the card is told that nobody knows', async () => {
    const { bring, beside, posts } = await begin(4);
    test.playground.faults.next({ method: 'sendMediaGroup', kind: 'reset-after' });
    expect((await bring()).kind).toBe('shown');
    expect(posts.all().map(({ state }) => state)).toEqual(['doubtful']);
    expect(beside()).toHaveLength(4);
    expect(test.playground.ledger.of('sendMediaGroup')).toHaveLength(1);
  });

  it('are not sent again when a process ended while it sent them', async () => {
    const { bring, beside, posts, view } = await begin(2);
    posts.add({ imageIds: idsOf(view.picture), state: 'sending', beganAt: new Date() });
    expect((await bring()).kind).toBe('shown');
    expect(posts.all().map(({ state }) => state)).toEqual(['doubtful']);
    expect(beside()).toEqual([]);
  });

  it('are sent after a 429, for that says that nothing was taken', async () => {
    const { bring, beside, posts } = await begin(3);
    test.playground.faults.next({ method: 'sendMediaGroup', kind: '429', retryAfter: 1 });
    expect((await bring()).kind).toBe('shown');
    expect(beside()).toHaveLength(3);
    expect(posts.all().map(({ state }) => state)).toEqual(['sent']);
  });

  it('are not sent for a batch that was deleted meanwhile', async () => {
    const { bring, beside, posts } = await begin(3);
    posts.isGone = true;
    const view = { ...completed(await test.shelf.results(3)), tasks: 3 };
    await show(test.bot.platform, newCardAddress(1, null, 1), view, { posts: posts.current() });
    expect(beside()).toEqual([]);
    expect(bring).toBeDefined();
  });

  it('of which there is only one, stands in the card alone', async () => {
    const { bring, beside, standing, view } = await begin(1);
    await bring(test.bot.platform, { ...view, tasks: 3 });
    expect(beside()).toEqual([]);
    expect(standing().map(({ content }) => content.photo !== undefined)).toEqual([true]);
  });

  it('come also once the first ones are stored no more, each once', async () => {
    const { bring, beside, standing, view, withoutFirst } = await begin(4);
    const first = { kind: 'results', images: imagesOf(view.picture).slice(0, 2) } as const;
    await bring(test.bot.platform, { ...view, picture: first });
    expect(beside()).toHaveLength(2);
    await bring(test.bot.platform, withoutFirst(1, 4));
    expect(beside()).toHaveLength(4);
    await bring(test.another().platform, withoutFirst(3, 4));
    expect(beside().map(({ content }) => content.caption)).toEqual(labelsOf(view));
    expect(standing().filter(({ content }) => content.reply_markup?.inline_keyboard)).toHaveLength(
      1,
    );
  });

  it('come beside a card that shows another one, which is stored no more', async () => {
    const { bring, beside, standing, view, withoutFirst } = await begin(2);
    const only = { kind: 'results', images: imagesOf(view.picture).slice(0, 1) } as const;
    await bring(test.bot.platform, { ...view, picture: only });
    expect(beside()).toEqual([]);
    await bring(test.bot.platform, withoutFirst(1, 2));
    await bring(test.another().platform, withoutFirst(1, 2));
    expect(beside().map(({ content }) => content.caption)).toEqual(labelsOf(view).slice(1));
    expect(standing().filter(({ content }) => content.photo)).toHaveLength(2);
  });

  it('are not posted where the card itself has shown them', async () => {
    const { bring, beside, view, withoutFirst } = await begin(2);
    const only = { kind: 'results', images: imagesOf(view.picture).slice(0, 1) } as const;
    await bring(test.bot.platform, { ...view, picture: only });
    await bring(test.another().platform, withoutFirst(0, 1));
    expect(beside()).toEqual([]);
  });

  it('come while others are still made, and then not again', async () => {
    const { bring, beside, standing, view, posts } = await begin(5);
    const first = imagesOf(view.picture).slice(0, 2);
    const running: CardView = {
      ...view,
      phase: 'running',
      picture: { kind: 'results', images: first },
    };
    await bring(test.bot.platform, running);
    expect(beside()).toHaveLength(2);
    expect(standing().filter(({ content }) => content.text)).toHaveLength(1);
    await bring();
    expect(beside()).toHaveLength(5);
    const ids = posts.all().flatMap(({ imageIds }) => imageIds);
    expect(ids.sort()).toEqual(idsOf(view.picture).sort());
  });
});

function imagesOf(picture: CardPicture | null) {
  return picture?.kind === 'results' ? picture.images : [];
}

function idsOf(picture: CardPicture | null): string[] {
  return imagesOf(picture).map(({ id }) => id);
}

function labelsOf({ picture }: CardView): string[] {
  return imagesOf(picture).map(({ label }) => label);
}
