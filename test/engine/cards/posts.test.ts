import { afterEach, describe, expect, it } from 'vitest';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

async function open() {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  const batchId = await harness.submit(await harness.user('ann'), [{}]);
  await harness.until(batchId, (view) => view.counts.completed === 1);
  const { cards } = harness.engine;
  const read = async () => {
    const card = await cards.read(batchId);
    if (!card) throw new Error('no card');
    return card;
  };
  return { batchId, cards, posts: cards.posts, read };
}

describe('images posted beside a card', () => {
  it('are on record before and after they are sent', async () => {
    const { batchId, posts, read } = await open();
    const first = await posts.begin(batchId, ['a', 'b']);
    expect((await read()).posts).toMatchObject([{ state: 'sending', imageIds: ['a', 'b'] }]);
    await posts.sent(batchId, first?.id ?? '', ['7', '8']);
    const second = await posts.begin(batchId, ['c']);
    expect((await read()).posts).toEqual([
      { ...first, state: 'sent', messageIds: ['7', '8'] },
      { ...second, state: 'sending', messageIds: [] },
    ]);
  });

  it('are to be posted still when it is known that nothing was sent', async () => {
    const { batchId, posts, read } = await open();
    const post = await posts.begin(batchId, ['a']);
    await posts.release(batchId, post?.id ?? '');
    expect((await read()).posts).toEqual([]);
    await posts.sent(batchId, post?.id ?? '', ['1']);
    expect((await read()).posts).toEqual([]);
  });

  it('make the card due when nobody knows whether they arrived, and when they are wanted again', async () => {
    const { batchId, posts, read } = await open();
    const kept = await posts.begin(batchId, ['a']);
    await posts.sent(batchId, kept?.id ?? '', ['1']);
    const lost = await posts.begin(batchId, ['b', 'c']);
    const before = (await read()).version;
    await posts.doubt(batchId, [lost?.id ?? '']);
    const doubtful = await read();
    expect(doubtful.version).toBe(before + 1);
    expect(doubtful.posts.map(({ state }) => state)).toEqual(['sent', 'doubtful']);
    expect(await posts.sendAgain(batchId)).toBe(2);
    const again = await read();
    expect(again.version).toBe(before + 2);
    expect(again.posts.map(({ imageIds }) => imageIds)).toEqual([['a']]);
  });

  it('are not begun for a batch that was deleted', async () => {
    const { batchId, posts } = await open();
    const ann = await harness.user('ann');
    await harness.engine.remove(batchId, { userId: ann.id, manages: false });
    expect(await posts.begin(batchId, ['a'])).toBeUndefined();
  });
});

it('a card knows which images its own message has shown, until it lives elsewhere', async () => {
  const { batchId, cards, read } = await open();
  const { version, address } = await read();
  await cards.placed(batchId, address, ['a']);
  expect((await read()).shownImageIds).toEqual(['a']);
  await cards.rendered(batchId, version, address);
  expect((await read()).shownImageIds).toEqual(['a']);
  await cards.rendered(batchId, version, address, ['a', 'b']);
  expect((await read()).shownImageIds).toEqual(['a', 'b']);
  await cards.readdress(batchId, 'discord', { channel: 'elsewhere' });
  await cards.readdress(batchId, 'telegram', { chat: 'elsewhere' });
  expect((await read()).shownImageIds).toEqual([]);
});

it('a card that nobody could be shown is due again at a new address', async () => {
  const { batchId, cards, read } = await open();
  const { version } = await read();
  await cards.undeliverable(batchId, 'the token is over');
  expect(await cards.read(batchId)).toBeUndefined();
  await cards.readdress(batchId, 'telegram', { chat: 'elsewhere' });
  expect(await read()).toMatchObject({ version: version + 1, address: { chat: 'elsewhere' } });
});

it('a card moves to another platform only once nobody can be shown it', async () => {
  const { batchId, cards, posts, read } = await open();
  await posts.begin(batchId, ['a']);
  expect(await cards.readdress(batchId, 'discord', { channel: 'new' })).toBe(false);
  expect(await read()).toMatchObject({ platform: 'telegram', posts: [{ imageIds: ['a'] }] });
  await cards.undeliverable(batchId, 'the chat is gone');
  expect(await cards.readdress(batchId, 'discord', { channel: 'new' })).toBe(true);
  expect(await cards.read(batchId)).toMatchObject({
    platform: 'discord',
    address: { channel: 'new' },
    posts: [],
  });
});
