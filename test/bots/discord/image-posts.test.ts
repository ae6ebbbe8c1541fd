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
  const card: { address: CardAddress } = { address: known };
  const once = async (platform = bot.platform) => {
    const outcome = await show(platform, card.address, view, { posts: posts.current() });
    if (outcome.kind === 'shown' || outcome.kind === 'unfinished') card.address = outcome.address;
    return outcome;
  };
  /** Shows until nothing is left to be done, as the renderer does. */
  const bring = async (platform = bot.platform) => {
    for (;;) {
      const outcome = await once(platform);
      if (outcome.kind !== 'unfinished') return outcome;
    }
  };
  const pictures = () =>
    channel
      .messages()
      .filter(({ authorId }) => authorId === playground.applicationId)
      .map((message) => shownAttachments(message).map(({ filename }) => filename));
  return { bring, once, posts, pictures, channel };
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
