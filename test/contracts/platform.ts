import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  CardPicture,
  CardPosts,
  CardToShow,
  CardView,
  ChatPlatform,
  ShowOutcome,
} from '../../src/chat/index.js';
import type { CardAddress } from '../../src/engine/index.js';

/** One message as the people in the chat see it. */
export interface SeenMessage {
  /** What they read: without the marks that format it. */
  readonly text: string;
  /** Pictures that are shown, not merely attached. */
  readonly pictures: number;
  readonly buttons: readonly string[];
  /** Ids of the people who were notified by it. */
  readonly pinged: readonly string[];
}

/** A platform's bot with its playground, for one test. */
export interface PlatformHarness {
  readonly platform: ChatPlatform;
  /** A new instance, as after a restart: it knows nothing but what is in the address. */
  restarted(): ChatPlatform;
  /** Where the card of a new request will live; nothing has been shown there. */
  newAddress(): Promise<CardAddress>;
  /** The bot's messages that stand in the chat now, oldest first. */
  seen(): readonly SeenMessage[];
  results(count: number): Promise<CardPicture>;
  preview(): Promise<CardPicture>;
  /** Somebody who could be pinged by the text returned, e.g. `<@123>`. */
  mentionOfSomebody(): string;
  /** Arms the next request that shows a card. */
  next(fault: 'answer-lost' | 'server-error' | 'rate-limited'): void;
  /** Somebody removes all that the bot has written. */
  deleteMessages(): Promise<void>;
  /** The chat is gone, or the bot was shut out. */
  closeChat(): Promise<void>;
  close(): Promise<void>;
}

export const rateLimitedMs = 7000;

/** What the renderer relies on, whatever the platform. */
export function describePlatformContract(name: string, open: () => Promise<PlatformHarness>): void {
  describe(`${name} as a chat platform`, () => {
    let harness: PlatformHarness;

    beforeEach(async () => {
      harness = await open();
    });

    afterEach(async () => {
      await harness.close();
    });

    it('shows a waiting card with its prompt, its line and its button', async () => {
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      const [message, ...others] = harness.seen();
      expect(others).toEqual([]);
      expect(message?.text).toContain('a red fox');
      expect(message?.text).toContain('queued · #3');
      expect(message?.buttons).toEqual(['Cancel']);
      expect(JSON.parse(JSON.stringify(address))).toEqual(address);
    });

    it('goes through all states on one message', async () => {
      let address = await shown(harness.platform, await harness.newAddress(), waiting());
      address = await shown(harness.platform, address, running(await harness.preview()));
      expect(harness.seen().map(({ pictures }) => pictures)).toEqual([1]);
      await shown(harness.platform, address, completed(await harness.results(4)));
      const [message, ...others] = harness.seen();
      expect(others).toEqual([]);
      expect(message?.pictures).toBeGreaterThanOrEqual(1);
      expect(message?.text).toContain('4 images · 25.3 s');
      expect(message?.text).not.toContain('queued');
      expect(message?.buttons).toEqual(expect.arrayContaining(['U1', 'V4', '🔄', 'Delete']));
    });

    it('takes the picture away again when the next state has none', async () => {
      let address = await shown(harness.platform, await harness.newAddress(), waiting());
      address = await shown(harness.platform, address, running(await harness.preview()));
      await shown(harness.platform, address, failed());
      const [message, ...others] = harness.seen();
      expect(others).toEqual([]);
      expect(message?.text).toContain('⚠️ The prompt was refused');
      expect(message?.buttons).toEqual(['Retry']);
    });

    it('shows the same state twice without a second message', async () => {
      const view = completed(await harness.results(2));
      let address = await shown(harness.platform, await harness.newAddress(), waiting());
      address = await shown(harness.platform, address, view);
      await shown(harness.platform, address, view);
      expect(harness.seen()).toHaveLength(1);
    });

    it('goes on with the same message after a restart', async () => {
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      const stored = JSON.parse(JSON.stringify(address)) as CardAddress;
      await shown(harness.restarted(), stored, completed(await harness.results(1)));
      expect(harness.seen().map(({ pictures }) => pictures)).toEqual([1]);
    });

    it('shows a card that ended before it was ever shown', async () => {
      const view = completed(await harness.results(1));
      await shown(harness.platform, await harness.newAddress(), view);
      expect(harness.seen().map(({ pictures }) => pictures)).toEqual([1]);
    });

    it('posts the end once when the platform took it and its answer was lost', async () => {
      const view = completed(await harness.results(2));
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      harness.next('answer-lost');
      const outcome = await show(harness.platform, address, view);
      expect(outcome.kind).toBe('later');
      await shown(harness.platform, address, view);
      expect(harness.seen()).toHaveLength(1);
      expect(harness.seen()[0]?.text).toContain('2 images');
    });

    it('says when to come back, when the platform says 429', async () => {
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      harness.next('rate-limited');
      const outcome = await show(harness.platform, address, failed());
      expect(outcome).toMatchObject({ kind: 'wait' });
      const retryAfterMs = outcome.kind === 'wait' ? outcome.retryAfterMs : 0;
      expect(retryAfterMs).toBeGreaterThanOrEqual(rateLimitedMs);
      expect(harness.platform.readyInMs(address, true)).toBeGreaterThan(rateLimitedMs / 2);
    });

    it('comes back later when the platform is unwell', async () => {
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      harness.next('server-error');
      expect((await show(harness.platform, address, failed())).kind).toBe('later');
      await shown(harness.platform, address, failed());
      expect(harness.seen()[0]?.text).toContain('⚠️');
    });

    it('sends the card anew when somebody deleted its message', async () => {
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      await harness.deleteMessages();
      await shown(harness.platform, address, completed(await harness.results(1)));
      expect(harness.seen().map(({ pictures }) => pictures)).toEqual([1]);
    });

    it('leaves the pictures in the chat when they are no longer stored', async () => {
      let address = await shown(harness.platform, await harness.newAddress(), waiting());
      address = await shown(harness.platform, address, completed(await harness.results(4)));
      const before = harness.seen().map(({ pictures }) => pictures);
      await shown(harness.restarted(), address, gone(), { onlyEdits: true });
      const [message, ...others] = harness.seen();
      expect(others).toEqual([]);
      expect([message?.pictures]).toEqual(before);
      expect(message?.text).toContain('no longer stored');
      expect(message?.buttons).toEqual(['Delete']);
    });

    it('sends nothing anew that only tells of what is gone', async () => {
      let address = await shown(harness.platform, await harness.newAddress(), waiting());
      address = await shown(harness.platform, address, completed(await harness.results(1)));
      await harness.deleteMessages();
      const outcome = await show(harness.platform, address, gone(), { onlyEdits: true });
      expect(outcome.kind).toBe('undeliverable');
      expect(harness.seen()).toEqual([]);
    });

    it('gives up on a chat that it may not write to any more', async () => {
      const address = await shown(harness.platform, await harness.newAddress(), waiting());
      await harness.closeChat();
      const outcome = await show(harness.platform, address, completed(await harness.results(1)));
      expect(outcome.kind).toBe('undeliverable');
      expect(outcome.kind === 'undeliverable' && outcome.reason).toMatch(/\w/);
    });

    it('shows what a user typed as it was typed, and pings nobody', async () => {
      const mention = harness.mentionOfSomebody();
      const prompt = `@everyone ${mention} **bold** _it_ <b>&amp;</b> [x](https://example.org) \`c\` ||s||`;
      await shown(harness.platform, await harness.newAddress(), { ...waiting(), prompt });
      const [message] = harness.seen();
      expect(message?.text).toContain(prompt);
      expect(message?.pinged).toEqual([]);
    });

    it('shortens a long prompt, so that the rest of the card still fits', async () => {
      const prompt = `start ${'🦊 *_~'.repeat(800)}`;
      const view = completed(await harness.results(2));
      const before = await shown(harness.platform, await harness.newAddress(), {
        ...waiting(),
        prompt,
      });
      await shown(harness.platform, before, { ...view, prompt });
      const [message] = harness.seen();
      expect(message?.text).toContain('start 🦊');
      expect(message?.text).toContain('…');
      expect(message?.text).toContain('2 images');
    });

    it('lets a final state go at once, where progress has to keep a pace', async () => {
      let address = await shown(harness.platform, await harness.newAddress(), waiting());
      address = await shown(harness.platform, address, running(await harness.preview()));
      expect(harness.platform.readyInMs(address, false)).toBeGreaterThan(0);
      expect(harness.platform.readyInMs(address, true)).toBeLessThanOrEqual(
        harness.platform.readyInMs(address, false),
      );
    });
  });
}

/** @returns the address of the card that the platform shows now */
export async function shown(
  platform: ChatPlatform,
  address: CardAddress,
  view: CardView,
  details: Partial<CardToShow> = {},
): Promise<CardAddress> {
  const outcome = await show(platform, address, view, details);
  if (outcome.kind !== 'shown') throw new Error(`Not shown: ${JSON.stringify(outcome)}`);
  return outcome.address;
}

export function show(
  platform: ChatPlatform,
  address: CardAddress,
  view: CardView,
  details: Partial<CardToShow> = {},
): Promise<ShowOutcome> {
  return platform.show({
    batchId: 'batch1',
    version: 1,
    posts: noPosts,
    shownImageIds: [],
    address,
    view,
    final: !['waiting', 'running'].includes(view.phase),
    tick: false,
    onlyEdits: false,
    sendingSince: null,
    sending: async () => {},
    placed: async () => {},
    ...details,
  });
}

/** For cards that have no images beside them. */
export const noPosts: CardPosts = {
  known: [],
  begin: async () => {
    throw new Error('nothing was to be posted beside this card');
  },
  sent: async () => {},
  release: async () => {},
  doubt: async () => {},
};

const owner = { platformUserId: '80351110224678912', name: 'Ada' };

export function waiting(): CardView {
  return {
    phase: 'waiting',
    prompt: 'a red fox',
    owner,
    tasks: 1,
    lines: ['queued · #3 · about 40 s'],
    picture: null,
    buttons: [[button('Cancel', { kind: 'cancel', batchId: 'batch1' }, 'secondary')]],
  };
}

export function running(picture: CardPicture | null): CardView {
  return { ...waiting(), phase: 'running', lines: ['▰▰▰▰▰▱▱▱▱▱ 50% · 12 s'], picture };
}

export function failed(): CardView {
  return {
    ...waiting(),
    phase: 'failed',
    lines: ['⚠️ The prompt was refused'],
    buttons: [[button('Retry', { kind: 'retry', batchId: 'batch1' }, 'primary')]],
  };
}

export function completed(picture: CardPicture): CardView {
  const ids = picture.kind === 'results' ? picture.images.map(({ id }) => id).slice(0, 4) : [];
  const row = (letter: 'U' | 'V', kind: 'upscale' | 'vary') =>
    ids.map((imageId, index) =>
      button(`${letter}${index + 1}`, { kind, imageId }, 'secondary' as const),
    );
  return {
    ...waiting(),
    phase: 'completed',
    lines: [`${ids.length} images · 25.3 s · sketch · seed 7`],
    picture,
    buttons: [
      [...row('U', 'upscale'), button('🔄', { kind: 'again', batchId: 'batch1' }, 'secondary')],
      row('V', 'vary'),
      [button('Delete', { kind: 'delete', batchId: 'batch1' }, 'danger')],
    ],
  };
}

/** Its images were removed from the store. */
function gone(): CardView {
  return {
    ...waiting(),
    phase: 'completed',
    lines: ['images are no longer stored · 25.3 s'],
    picture: { kind: 'kept', images: [] },
    buttons: [[button('Delete', { kind: 'delete', batchId: 'batch1' }, 'danger')]],
  };
}

function button(
  label: string,
  action: CardView['buttons'][number][number]['action'],
  style: CardView['buttons'][number][number]['style'],
): CardView['buttons'][number][number] {
  return { label, action, style };
}
