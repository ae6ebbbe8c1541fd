import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CardAddress } from '../../../src/engine/index.js';
import {
  buttonsOf,
  type ChannelHandle,
  type Message,
  type Person,
  shownAttachments,
  textOf,
} from '../../../src/playground/discord/index.js';
import {
  completed,
  describePlatformContract,
  failed,
  type PlatformHarness,
  rateLimitedMs,
  running,
  type SeenMessage,
  show,
  shown,
  waiting,
} from '../../contracts/platform.js';
import { type DiscordBotHarnessOptions, openDiscordBot } from '../../support/discord-bot.js';

/** Requests that show a card, by whichever route. */
const showing = /^(PATCH|POST) \/(webhooks|channels)\//;
const beyondTokenMs = 16 * 60_000;
/** For what Discord is to refuse. */
const refused = { allowedStatuses: [400] };

async function openHarness(options: DiscordBotHarnessOptions = {}) {
  const harness = await openDiscordBot(options);
  const { playground, channel, ada, images, requests } = harness;

  async function addressFor(
    person: Person,
    place: ChannelHandle,
    options: { private?: boolean } = {},
  ): Promise<CardAddress> {
    harness.answerWith(async (request) => {
      await request.acknowledge({ private: options.private ?? false });
      return { kind: 'card', batchId: 'batch1' };
    });
    const asked = person.command(place, 'imagine', { prompt: 'a red fox', ...options });
    return vi.waitFor(() => {
      const request = requests.find(({ updateKey }) => updateKey === asked.id);
      if (!request?.address.messageId) throw new Error('not acknowledged yet');
      return request.address;
    }, 30_000);
  }

  const byBot = ({ authorId }: Message) => authorId === playground.applicationId;
  const own = () => channel.messages().filter(byBot);

  const contract: PlatformHarness = {
    platform: harness.bot.platform,
    restarted: () => harness.anotherBot().platform,
    newAddress: () => addressFor(ada, channel),
    seen: () => own().map(asSeen),
    results: images.results,
    preview: images.preview,
    mentionOfSomebody: () => `<@${ada.id}>`,
    next(fault) {
      if (fault === 'answer-lost') playground.faults.next({ kind: 'reset-after', route: showing });
      if (fault === 'server-error') playground.faults.next({ kind: '500', route: showing });
      if (fault === 'rate-limited') {
        const retryAfterMs = rateLimitedMs;
        playground.faults.next({ kind: '429', route: showing, retryAfterMs });
      }
    },
    async deleteMessages() {
      for (const message of own()) playground.driver.deleteMessage(message);
    },
    async closeChat() {
      playground.driver.deleteChannel(channel);
    },
    close: harness.close,
  };
  return { ...harness, contract, addressFor, own, byBot, platform: harness.bot.platform };
}

function asSeen(message: Message): SeenMessage {
  return {
    text: textOf(message)
      .replaceAll(/^-# /gm, '')
      .replaceAll(/(?<!\\)\*\*/g, '')
      .replaceAll(/\\([^a-z0-9\s])/gi, '$1'),
    pictures: shownAttachments(message).length,
    buttons: buttonsOf(message).map(({ label }) => label ?? ''),
    pinged: [...message.mentionedUserIds, ...(message.mentionsEveryone ? ['everyone'] : [])],
  };
}

describePlatformContract('Discord', async () => (await openHarness()).contract);

describe('a card on Discord', () => {
  let harness: Awaited<ReturnType<typeof openHarness>>;

  async function open(options?: DiscordBotHarnessOptions) {
    harness = await openHarness(options);
    return harness;
  }

  afterEach(() => harness.close());

  it('shows the grid first, then the originals', async () => {
    const { platform, addressFor, ada, channel, images, own } = await open();
    const address = await addressFor(ada, channel);
    await shown(platform, address, completed(await images.results(4)));
    const names = own().flatMap((message) =>
      shownAttachments(message).map((file) => file.filename),
    );
    expect(names[0]).toBe('grid.jpg');
    expect(names.slice(1).map((name) => name.replace(/\d+/, 'N'))).toEqual(
      Array(4).fill('easel-imageN.png'),
    );
  });

  it('shows at most ten pictures of a large batch', async () => {
    const { platform, addressFor, ada, channel, images, own } = await open();
    const address = await addressFor(ada, channel);
    await shown(platform, address, completed(await images.results(12)));
    expect(own().map((message) => shownAttachments(message).length)).toEqual([10]);
  });

  it('goes on past the 15 minutes of its token, on the same message', async () => {
    const { platform, addressFor, ada, channel, images, own, playground } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    playground.clock.advance(beyondTokenMs);
    await shown(platform, address, completed(await images.results(2)));
    expect(own().map((message) => message.id)).toEqual([address.messageId]);
    expect(own().map((message) => shownAttachments(message).length)).toEqual([3]);
    const route = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';
    expect(playground.ledger.count({ route, status: 401 })).toBe(0);
  });

  it('goes on when Discord ends the token before its time', async () => {
    const { platform, addressFor, ada, channel, own, playground } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    playground.clock.advance(beyondTokenMs);
    const hopeful = { ...address, tokenExpiresAt: playground.clock.now() + beyondTokenMs };
    const after = await shown(platform, hopeful, failed());
    expect(own().map((message) => message.id)).toEqual([address.messageId]);
    expect(after.token).toBe(null);
    await shown(platform, after, failed());
  });

  it('keeps a private card private, and ends in a direct message once its token is over', async () => {
    const { platform, addressFor, ada, channel, images, own, byBot, playground } = await open();
    let address = await addressFor(ada, channel, { private: true });
    address = await shown(platform, address, waiting());
    const seenByAda = ada.messages(channel).filter(byBot);
    expect(seenByAda.map(asSeen)[0]?.text).toContain('a red fox');
    expect(own()).toEqual([]);
    playground.clock.advance(beyondTokenMs);
    expect((await show(platform, address, running(null))).kind).toBe('later');
    address = await shown(platform, address, completed(await images.results(1)));
    expect(own()).toEqual([]);
    const direct = ada.directMessage().messages().filter(byBot);
    expect(direct.map((message) => shownAttachments(message).length)).toEqual([1]);
    await shown(platform, address, completed(await images.results(2)));
    expect(ada.directMessage().messages().filter(byBot)).toHaveLength(1);
  });

  it('says at minute 14 of a private card that it still runs, and goes on there after a press', async () => {
    const { platform, addressFor, ada, channel, images, byBot, playground, requests } =
      await open();
    let address = await addressFor(ada, channel, { private: true });
    address = await shown(platform, address, waiting());
    expect(platform.isOverdue?.(address)).toBe(false);
    playground.clock.advance(14 * 60_000 + 5_000);
    expect(platform.isOverdue?.(address)).toBe(true);
    const view = running(null);
    const parked = await show(platform, address, view, { tick: true });
    address = parked.kind === 'shown' ? parked.address : address;
    expect(platform.isOverdue?.(address)).toBe(false);
    const message = () => ada.messages(channel).filter(byBot).map(asSeen)[0];
    expect(message()?.buttons).toEqual(['Fetch result', 'Cancel']);
    playground.clock.advance(6 * 60_000);
    const end = completed(await images.results(2));
    expect((await show(platform, address, end)).kind).toBe('shown');
    expect(message()?.text).toContain('Still running');
    expect(ada.directMessage().messages().filter(byBot)).toEqual([]);

    harness.answerWith(async (request) => {
      await request.acknowledge({ private: true });
      return { kind: 'quiet' };
    });
    const [card] = ada.messages(channel).filter(byBot);
    if (!card) throw new Error('no card');
    const press = ada.press(card, 'Fetch result');
    const pressedCard = await vi.waitFor(() => {
      const request = requests.find(({ updateKey }) => updateKey === press.id);
      if (!request?.pressedCard) throw new Error('not pressed yet');
      return request.pressedCard;
    }, 30_000);
    await press.answered();
    expect(pressedCard.isOnlyWayTo(address)).toBe(true);
    await shown(platform, pressedCard.address, end);
    expect(message()?.pictures).toBe(3);
    expect(ada.messages(channel).filter(byBot)).toHaveLength(1);
  });

  it('tells what it lacks in a channel before anything runs', async () => {
    const { addressFor, ada, guild, requests } = await open();
    const strict = guild.createChannel({ name: 'strict', botLacks: ['AttachFiles'] });
    await addressFor(ada, strict);
    expect(requests.at(-1)?.missingPermissions).toEqual(['attach-files']);
    const open2 = guild.createChannel({ name: 'open' });
    await addressFor(ada, open2);
    expect(requests.at(-1)?.missingPermissions).toEqual([]);
    const botLacks = ['SendMessagesInThreads'] as const;
    const unthreaded = guild.createChannel({ name: 'unthreaded', botLacks });
    await addressFor(ada, unthreaded);
    expect(requests.at(-1)?.missingPermissions).toEqual([]);
    await addressFor(ada, guild.createThread(unthreaded, { name: 'foxes' }));
    expect(requests.at(-1)?.missingPermissions).toEqual(['send-messages-in-threads']);
  });

  it('reaches somebody who alone installed the app by a direct message in the end', async () => {
    const { platform, addressFor, ada, images, byBot, playground } = await open();
    const elsewhere = playground.driver.createGuild({ name: 'Elsewhere', hasBot: false });
    elsewhere.addMember(ada);
    const place = elsewhere.createChannel({ name: 'lounge' });
    const address = await shown(platform, await addressFor(ada, place), waiting());
    expect(place.messages()).toHaveLength(1);
    playground.clock.advance(beyondTokenMs);
    await shown(platform, address, completed(await images.results(1)));
    expect(ada.directMessage().messages().filter(byBot)).toHaveLength(1);
  });

  it('sends a deleted card once more, and then lets it be', async () => {
    const { platform, addressFor, ada, channel, contract, own } = await open();
    let address = await shown(platform, await addressFor(ada, channel), waiting());
    await contract.deleteMessages();
    address = await shown(platform, address, running(null));
    expect(own()).toHaveLength(1);
    await contract.deleteMessages();
    expect((await show(platform, address, failed())).kind).toBe('undeliverable');
    expect(own()).toEqual([]);
  });

  it('does not bring back the card of a batch that was deleted while it was edited', async () => {
    const { platform, addressFor, ada, channel, contract, own, deletedBatches } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    await contract.deleteMessages();
    deletedBatches.add('batch1');
    expect((await show(platform, address, failed())).kind).toBe('undeliverable');
    expect(own()).toEqual([]);
  });

  it('sends no second message when the answer to a new one was lost', async () => {
    const { platform, addressFor, ada, channel, contract, own, playground } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    await contract.deleteMessages();
    const sending = vi.fn(async () => {});
    playground.faults.next({ kind: 'reset-after', route: /^POST \/channels\// });
    expect((await show(platform, address, running(null), { sending })).kind).toBe('later');
    expect(sending).toHaveBeenCalledOnce();
    const sendingSince = new Date(playground.clock.now());
    const outcome = await show(platform, address, failed(), { sendingSince });
    expect(outcome).toMatchObject({ kind: 'shown', address: { messageId: own()[0]?.id } });
    expect(own().map((message) => asSeen(message).buttons)).toEqual([['Retry']]);
  });

  it('finds such a message in the channel when Discord has forgotten the nonce', async () => {
    const { platform, addressFor, ada, channel, contract, own, playground } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    await contract.deleteMessages();
    playground.faults.next({ kind: 'reset-after', route: /^POST \/channels\// });
    const sendingSince = new Date(playground.clock.now());
    expect((await show(platform, address, failed())).kind).toBe('later');
    playground.clock.advance(beyondTokenMs);
    const outcome = await show(platform, address, failed(), { sendingSince });
    expect(outcome).toMatchObject({ kind: 'shown', address: { messageId: own()[0]?.id } });
    expect(own()).toHaveLength(1);
  });

  it('makes no new message for mere progress', async () => {
    const { platform, addressFor, ada, channel, contract, own } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    await contract.deleteMessages();
    const outcome = await show(platform, address, running(null), { tick: true });
    expect(outcome.kind).toBe('later');
    expect(own()).toEqual([]);
  });

  it('says why the pictures are missing where it may not attach files', async () => {
    const { platform, addressFor, ada, guild, images, byBot } = await open();
    const strict = guild.createChannel({ name: 'strict', botLacks: ['AttachFiles'] });
    const address = await addressFor(ada, strict);
    await shown(platform, address, completed(await images.results(2)));
    const [message] = strict.messages().filter(byBot).map(asSeen);
    expect(message?.pictures).toBe(0);
    expect(message?.text).toContain('I may not attach files in this channel');
    expect(message?.buttons).toContain('U1');
  });

  it('stands in its channel all the same where it may not reply', async () => {
    const { platform, addressFor, ada, guild, byBot, playground } = await open();
    const strict = guild.createChannel({ name: 'strict', botLacks: ['ReadMessageHistory'] });
    const address = await addressFor(ada, strict);
    const pressed = await shown(platform, address, waiting());
    const reply = { ...pressed, replyTo: pressed.messageId ?? null };
    for (const message of strict.messages().filter(byBot)) playground.driver.deleteMessage(message);
    await shown(platform, reply, failed());
    expect(strict.messages().filter(byBot)).toMatchObject([{ repliesTo: undefined }]);
  });

  it('opens an archived thread again for its end, though not for mere progress', async () => {
    const { platform, addressFor, ada, guild, channel, images, byBot, playground } =
      await open(refused);
    const thread = guild.createThread(channel, { name: 'foxes' });
    const address = await shown(platform, await addressFor(ada, thread), waiting());
    for (const waitMs of [0, beyondTokenMs]) {
      playground.clock.advance(waitMs);
      playground.driver.archiveThread(thread);
      const outcome = await show(platform, address, running(null), { tick: true });
      expect(outcome.kind).toBe('later');
      expect(thread.record.thread?.isArchived).toBe(true);
      await shown(platform, address, completed(await images.results(2)));
      expect(thread.record.thread?.isArchived).toBe(false);
    }
    expect(thread.messages().filter(byBot).map(asSeen)).toMatchObject([{ pictures: 3 }]);
  });

  it('gives up in a thread that is locked', async () => {
    const { platform, addressFor, ada, guild, channel, playground } = await open(refused);
    const thread = guild.createThread(channel, { name: 'foxes' });
    const address = await shown(platform, await addressFor(ada, thread), waiting());
    playground.driver.archiveThread(thread, { locked: true });
    expect((await show(platform, address, failed())).kind).toBe('undeliverable');
  });

  it('gives up on a last state that Discord refuses', async () => {
    const { platform, addressFor, ada, channel, playground } = await open(refused);
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    playground.faults.next({ kind: '400', route: showing, count: 9 });
    await expect(show(platform, address, waiting())).rejects.toThrow('400');
    expect((await show(platform, address, failed())).kind).toBe('undeliverable');
  });

  it('does without pictures that Discord refuses', async () => {
    const { platform, addressFor, ada, channel, images, own, playground } = await open(refused);
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    playground.faults.next({ kind: '400', route: showing });
    await shown(platform, address, completed(await images.results(2)));
    expect(own().map(asSeen)).toMatchObject([{ pictures: 0 }]);
    expect(own().map(textOf).join()).toContain('Discord did not take these images');
  });

  it('says how many images there are where none can be posted beside it', async () => {
    const { platform, addressFor, ada, channel, images, byBot } = await open();
    const address = await addressFor(ada, channel, { private: true });
    await shown(platform, address, { ...completed(await images.results(12)), tasks: 12 });
    const [card] = ada.messages(channel).filter(byBot);
    expect(card && textOf(card)).toContain('10 of 12 images; Zip has them all.');
  });

  it('takes back what it sent while its batch was deleted', async () => {
    const { platform, addressFor, ada, channel, contract, own, deletedBatches } = await open();
    const address = await shown(platform, await addressFor(ada, channel), waiting());
    await contract.deleteMessages();
    const sending = async () => {
      deletedBatches.add('batch1');
    };
    const gone = { ...address, token: null, messageId: null };
    expect((await show(platform, gone, failed(), { sending })).kind).toBe('undeliverable');
    expect(own()).toEqual([]);
  });

  it('shows twenty new cards of one channel without a 429', async () => {
    const { platform, addressFor, ada, channel, own, playground } = await open();
    const addresses = await Promise.all(Array.from({ length: 20 }, () => addressFor(ada, channel)));
    expect(addresses.map((address) => platform.readyInMs(address, false))).toEqual(
      Array(20).fill(0),
    );
    await Promise.all(addresses.map((address) => shown(platform, address, waiting())));
    expect(own()).toHaveLength(20);
    expect(playground.ledger.count({ status: 429 })).toBe(0);
  });

  it('tells a defect in an address from an outcome', async () => {
    const { platform } = await open();
    await expect(show(platform, { chatId: 1 }, waiting())).rejects.toThrow(
      'Not an address on Discord',
    );
  });
});
