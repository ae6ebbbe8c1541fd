import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CardView } from '../../../src/chat/index.js';
import type { CardAddress } from '../../../src/engine/index.js';
import { shownAttachments } from '../../../src/playground/discord/index.js';
import { completed, show } from '../../contracts/platform.js';
import { type DiscordBotHarness, openDiscordBot } from '../../support/discord-bot.js';
import { createMemoryPosts } from '../../support/memory-posts.js';

let harness: DiscordBotHarness;
afterEach(() => harness.close());

async function begin(count: number) {
  harness = await openDiscordBot();
  const { ada, channel, bot, images, requests, playground } = harness;
  const asked = ada.command(channel, 'imagine', { prompt: 'a red fox' });
  const posts = createMemoryPosts(() => new Date(playground.clock.now()));
  const view: CardView = { ...completed(await images.results(count)), tasks: count };
  const known = await vi.waitFor(() => {
    const request = requests.find(({ updateKey }) => updateKey === asked.id);
    if (!request?.address.messageId) throw new Error('not acknowledged yet');
    return request.address;
  }, 30_000);
  const card: { address: CardAddress; shownImageIds: readonly string[]; version: number } = {
    address: known,
    shownImageIds: [],
    version: 1,
  };
  const once = async (platform = bot.platform, wanted = view) => {
    const { address, ...record } = card;
    const outcome = await show(platform, address, wanted, { ...record, posts: posts.current() });
    if (outcome.kind === 'shown' || outcome.kind === 'unfinished') {
      card.address = outcome.address;
      card.shownImageIds = outcome.imageIds ?? card.shownImageIds;
    }
    return outcome;
  };
  /** Shows until nothing is left to be done, as the renderer does. */
  const bring = async (platform = bot.platform, wanted = view) => {
    for (;;) {
      const outcome = await once(platform, wanted);
      if (outcome.kind !== 'unfinished') return outcome;
    }
  };
  /** The first images are stored no more; the others are `of` how many there have been by then. */
  const withoutFirst = (lost: number, of: number): CardView => {
    card.version += 1;
    const images = view.picture?.kind === 'results' ? view.picture.images.slice(lost, of) : [];
    return { ...view, picture: { kind: 'kept', images } };
  };
  const first = (shown: number): CardView => {
    const images = view.picture?.kind === 'results' ? view.picture.images.slice(0, shown) : [];
    return { ...view, picture: { kind: 'results', images } };
  };
  const pictures = () =>
    channel
      .messages()
      .filter(({ authorId }) => authorId === playground.applicationId)
      .map((message) => shownAttachments(message).map(({ filename }) => filename));
  return { bring, once, posts, pictures, channel, card, first, withoutFirst };
}

describe("a batch's images on Discord", () => {
  it('stand in the card, and beyond ten in further messages that reply to it', async () => {
    const { bring, pictures, channel } = await begin(23);
    expect((await bring()).kind).toBe('shown');
    expect(pictures().map((names) => names.length)).toEqual([10, 10, 3]);
    expect(new Set(pictures().flat()).size).toBe(23);
    const [card, ...beside] = channel.messages();
    expect(beside.map(({ repliesTo }) => repliesTo)).toEqual([card?.id, card?.id]);
    await bring();
    await bring(harness.anotherBot().platform);
    expect(pictures().map((names) => names.length)).toEqual([10, 10, 3]);
  });

  it('are posted once where the answer was lost', async () => {
    const { bring, pictures, posts } = await begin(12);
    harness.playground.faults.next({ kind: 'reset-after', route: /^POST \/channels\// });
    expect((await bring()).kind).toBe('shown');
    expect(pictures().map((names) => names.length)).toEqual([10, 2]);
    expect(posts.all().map(({ state }) => state)).toEqual(['sent']);
  });

  it('wait for what Discord has closed, and are put on record no sooner', async () => {
    const { bring, once, pictures, posts } = await begin(12);
    const route = /^POST \/channels\//;
    harness.playground.faults.next({ kind: '429', route, retryAfterMs: 2000 });
    expect(await once()).toMatchObject({ kind: 'unfinished' });
    const reason = 'the channel has no room';
    expect(await once()).toMatchObject({ kind: 'unfinished', reason });
    expect(posts.all()).toEqual([]);
    expect((await bring()).kind).toBe('shown');
    expect(pictures().map((names) => names.length)).toEqual([10, 2]);
  });

  it('are found in the channel where Discord has forgotten the nonce', async () => {
    const { bring, once, pictures, posts } = await begin(12);
    harness.playground.faults.next({ kind: 'reset-after', route: /^POST \/channels\// });
    expect((await once()).kind).toBe('unfinished');
    expect(posts.all().map(({ state }) => state)).toEqual(['sending']);
    harness.playground.clock.advance(10 * 60_000);
    expect((await bring(harness.anotherBot().platform)).kind).toBe('shown');
    expect(pictures().map((names) => names.length)).toEqual([10, 2]);
    expect(posts.all()).toMatchObject([{ state: 'sent', messageIds: [expect.any(String)] }]);
  });
});

describe("a batch's new images on Discord, once its first ones are stored no more", () => {
  it('stand in the card beside those that it keeps, each once', async () => {
    const { bring, pictures, first, withoutFirst } = await begin(4);
    await bring(undefined, first(3));
    await bring(undefined, withoutFirst(2, 4));
    expect(pictures().map((names) => names.length)).toEqual([4]);
    expect(new Set(pictures().flat()).size).toBe(4);
    await bring(harness.anotherBot().platform, withoutFirst(3, 4));
    expect(pictures().map((names) => names.length)).toEqual([4]);
    expect(new Set(pictures().flat()).size).toBe(4);
  });

  it('stand in messages of their own where the card is full', async () => {
    const { bring, pictures, first, withoutFirst } = await begin(13);
    await bring(undefined, first(10));
    await bring(undefined, withoutFirst(4, 13));
    expect(pictures().map((names) => names.length)).toEqual([10, 3]);
    expect(new Set(pictures().flat()).size).toBe(13);
    await bring(harness.anotherBot().platform, withoutFirst(12, 13));
    expect(pictures().map((names) => names.length)).toEqual([10, 3]);
  });

  it('are not shown again by a process that knows nothing of what the last one has sent', async () => {
    const { bring, pictures, first, withoutFirst, card, posts } = await begin(4);
    await bring(undefined, first(3));
    const before = { ...card };
    await bring(undefined, withoutFirst(1, 4));
    expect(card.shownImageIds).toHaveLength(4);
    Object.assign(card, before);
    await bring(harness.anotherBot().platform, withoutFirst(2, 4));
    expect(pictures().map((names) => names.length)).toEqual([4]);
    expect(new Set(pictures().flat()).size).toBe(4);
    expect(posts.all()).toEqual([]);
  });
});
