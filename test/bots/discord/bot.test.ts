import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDiscordBot } from '../../../src/bots/discord/index.js';
import {
  AttachmentError,
  type ChatRequest,
  encodeButton,
  type Reply,
  StartError,
} from '../../../src/chat/index.js';
import { RecordUnavailableError } from '../../../src/engine/index.js';
import {
  createDiscordPlayground,
  type Message,
  textOf,
} from '../../../src/playground/discord/index.js';
import { noPosts, shown, waiting } from '../../contracts/platform.js';
import {
  type DiscordBotHarness,
  type DiscordBotHarnessOptions,
  openDiscordBot,
} from '../../support/discord-bot.js';

const limit = { timeout: 30_000 };
const callbacks = '/interactions/{interaction_id}/{interaction_token}/callback';
const original = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';
const prompt = { prompt: 'a red fox' };

let harness: DiscordBotHarness;

async function open(options: DiscordBotHarnessOptions = {}): Promise<DiscordBotHarness> {
  harness = await openDiscordBot(options);
  return harness;
}

afterEach(() => harness.close());

/** The bodies of the first answers that Discord took, in order. */
function answersTaken() {
  return harness.playground.ledger
    .find({ method: 'POST', route: callbacks })
    .filter(({ status }) => status !== undefined && status < 300)
    .map(({ requestBody }) => requestBody);
}

function fromBot(message: Message): boolean {
  return message.authorId === harness.playground.applicationId;
}

function isEphemeral(message: Message): boolean {
  return message.ephemeralFor !== undefined;
}

/** A card in the channel, with its cancel button. */
async function showCard(): Promise<Message> {
  const asked = harness.ada.command(harness.channel, 'imagine', prompt);
  const address = await vi.waitFor(() => {
    const request = harness.requests.find(({ updateKey }) => updateKey === asked.id);
    if (!request?.address.messageId) throw new Error('not acknowledged yet');
    return request.address;
  }, limit);
  const view = waiting();
  const again = { kind: 'again', batchId: 'batch1' } as const;
  const remove = { kind: 'delete', batchId: 'batch1' } as const;
  await shown(harness.bot.platform, address, {
    ...view,
    buttons: [
      ...view.buttons,
      [
        { label: '🔄', action: again, style: 'secondary' },
        { label: 'Delete', action: remove, style: 'danger' },
      ],
    ],
  });
  return asked.message();
}

describe('a command', () => {
  it('arrives with who asked, where, and what for', async () => {
    const { ada, channel, guild, requests, playground } = await open();
    const asked = ada.command(channel, 'imagine', { ...prompt, count: 2, strength: 0.5 });
    await vi.waitFor(() => expect(requests).toHaveLength(1), limit);
    const [request] = requests;
    expect(request).toMatchObject({
      platform: 'discord',
      updateKey: asked.id,
      identity: { platform: 'discord', platformUserId: ada.id, name: 'Ada', locale: 'en-US' },
      scopeId: `discord:${guild.id}`,
      intent: { kind: 'command', name: 'imagine', options: { ...prompt, count: 2, strength: 0.5 } },
      address: {
        channelId: channel.id,
        guildId: guild.id,
        applicationId: playground.applicationId,
        interactionId: asked.id,
        ephemeral: false,
      },
    });
    expect(await request?.managesScope()).toBe(false);
  });

  it('arrives by its whole path, and from a manager as such', async () => {
    const { guild, channel, requests, playground } = await open();
    const grace = playground.driver.createPerson({ name: 'Grace', locale: 'zh-CN' });
    guild.addMember(grace, { permissions: ['ManageGuild'] });
    grace.command(channel, 'admin concurrency set', { value: 4 });
    await vi.waitFor(() => expect(requests).toHaveLength(1), limit);
    expect(requests[0]).toMatchObject({
      intent: { name: 'admin concurrency set', options: { value: 4 } },
      identity: { locale: 'zh-CN' },
    });
    expect(await requests[0]?.managesScope()).toBe(true);
  });

  it('in a direct message has a scope of its own, which its sender manages', async () => {
    const { ada, requests } = await open();
    ada.command(ada.directMessage(), 'imagine', prompt);
    await vi.waitFor(() => expect(requests).toHaveLength(1), limit);
    expect(requests[0]?.scopeId).toBe(`discord:dm:${ada.id}`);
    expect(await requests[0]?.managesScope()).toBe(true);
  });

  it('is written down whole before it is acknowledged', async () => {
    const { ada, channel, inbox, playground } = await open();
    const asked = ada.command(channel, 'imagine', prompt);
    await asked.answered();
    expect(inbox.rows.get(asked.id)?.payload).toEqual(asked.record.payload);
    await vi.waitFor(() => expect(answersTaken()).toEqual([{ type: 5 }]), limit);
    expect(playground.ledger.count({ route: callbacks })).toBe(1);
  });

  it('is dealt with once when it arrives twice', async () => {
    const { ada, channel, requests, inbox } = await open();
    const asked = ada.command(channel, 'imagine', prompt);
    asked.replay();
    await asked.answered();
    asked.replay();
    const other = ada.command(channel, 'imagine', prompt);
    await other.answered();
    expect(requests.map(({ updateKey }) => updateKey)).toEqual([asked.id, other.id]);
    expect([...inbox.rows.keys()]).toEqual([asked.id, other.id]);
  });

  it('is told that nothing was kept, when the record is away', async () => {
    const { ada, channel, inbox, requests } = await open();
    inbox.away = true;
    const asked = ada.command(channel, 'imagine', prompt);
    const message = await asked.message();
    expect(textOf(message)).toContain('kept nothing of this');
    expect(isEphemeral(message)).toBe(true);
    expect(requests).toEqual([]);
  });

  it('is told the same in time when the record hangs, and is not acted on afterwards', async () => {
    const { ada, channel, inbox, requests } = await open();
    const receive = inbox.receive;
    let letGo = () => {};
    inbox.receive = async (...row) => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return receive(...row);
    };
    const asked = ada.command(channel, 'imagine', prompt);
    expect(textOf(await asked.message())).toContain('kept nothing of this');
    letGo();
    await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
    expect(requests).toEqual([]);
  });
});

describe('an answer', () => {
  it('comes even to a defect, with an id that the log has too', async () => {
    const { ada, channel, answerWith, logLines } = await open();
    answerWith(async () => {
      throw new TypeError('a defect for this test');
    });
    const asked = ada.command(channel, 'imagine', prompt);
    const message = await asked.message();
    expect(textOf(message)).toContain(asked.id);
    expect(isEphemeral(message)).toBe(true);
    const line = logLines.find((each) => each.includes('a defect for this test'));
    expect(line).toContain(asked.id);
  });

  it('is acknowledged when the chat layer says that it takes longer', async () => {
    const { ada, channel, answerWith } = await open();
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    answerWith(async (request) => {
      await request.acknowledge({ private: false });
      await held;
      return { kind: 'text', text: 'done at last', private: false };
    });
    const asked = ada.command(channel, 'imagine', prompt);
    expect(await asked.answered()).toBe(5);
    goOn();
    expect(textOf(await asked.message())).toBe('done at last');
    expect(asked.hasFailed()).toBe(false);
  });

  it('for the asker alone is so from the first', async () => {
    const { ada, channel, answerWith, inbox } = await open();
    answerWith(async () => ({ kind: 'text', text: 'aspect 0:1 is no *ratio*', private: true }));
    const asked = ada.command(channel, 'imagine', prompt);
    const message = await asked.message();
    expect(message.content).toBe('aspect 0:1 is no \\*ratio\\*');
    expect(isEphemeral(message)).toBe(true);
    expect(channel.messages()).toEqual([]);
    await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
  });

  it('for the asker alone replaces a public acknowledgement', async () => {
    const { ada, channel, answerWith } = await open();
    answerWith(async (request) => {
      await request.acknowledge({ private: false });
      return { kind: 'text', text: 'too many waiting', private: true };
    });
    ada.command(channel, 'imagine', prompt);
    const message = await ada.waitFor(channel, (each) => textOf(each) === 'too many waiting');
    expect(isEphemeral(message)).toBe(true);
    expect(channel.messages()).toEqual([]);
  });

  it('after a private acknowledgement stays private', async () => {
    const { ada, channel, answerWith } = await open();
    answerWith(async (request) => {
      await request.acknowledge({ private: true });
      return { kind: 'text', text: 'no', private: true };
    });
    const message = await ada.command(channel, 'imagine', prompt).message();
    expect(isEphemeral(message)).toBe(true);
    expect(textOf(message)).toBe('no');
  });

  it('in many words still arrives', async () => {
    const { ada, channel, answerWith } = await open();
    answerWith(async () => ({ kind: 'text', text: 'word '.repeat(2000), private: true }));
    const message = await ada.command(channel, 'imagine', prompt).message();
    expect(textOf(message).length).toBeGreaterThan(3000);
    expect(textOf(message)).toMatch(/…$/);
  });

  it('pings nobody', async () => {
    const { ada, channel, answerWith } = await open();
    answerWith(async () => ({ kind: 'text', text: `@everyone <@${ada.id}>`, private: false }));
    const message = await ada.command(channel, 'imagine', prompt).message();
    expect(message.mentionedUserIds).toEqual([]);
    expect(message.mentionsEveryone).toBe(false);
  });

  it('counts as given when Discord took it and its own answer was lost', async () => {
    const { ada, channel, playground, requests, bot } = await open({ allowedStatuses: [400] });
    playground.faults.next({ kind: 'reset-after', route: /callback$/ });
    const asked = ada.command(channel, 'imagine', prompt);
    await asked.answered();
    await vi.waitFor(() => {
      expect(playground.ledger.count({ route: callbacks, status: 400 })).toBe(1);
    }, limit);
    const address = requests[0]?.address;
    if (!address) throw new Error('no request');
    await shown(bot.platform, address, waiting());
    expect(channel.messages().filter(fromBot)).toHaveLength(1);
  });

  it('is given again when Discord was unwell for a moment', async () => {
    const { ada, channel, playground } = await open();
    playground.faults.next({ kind: '500', route: /callback$/, count: 2 });
    const asked = ada.command(channel, 'imagine', prompt);
    expect(await asked.answered()).toBe(5);
  });

  it('without any word from Discord takes another way after three seconds', async () => {
    const { ada, channel, playground, answerWith } = await open();
    playground.faults.next({ kind: 'hang', route: /callback$/ });
    answerWith(async () => ({ kind: 'text', text: 'here', private: false }));
    ada.command(channel, 'imagine', prompt);
    await channel.waitFor((message) => textOf(message) === 'here');
  });

  it('that comes too late becomes a message of the channel', async () => {
    const { ada, channel, playground, answerWith, bot, requests } = await open();
    answerWith(async (request) => {
      playground.clock.advance(4000);
      await request.acknowledge({ private: false });
      return { kind: 'card', batchId: 'batch1' };
    });
    const asked = ada.command(channel, 'imagine', prompt);
    await vi.waitFor(() => expect(requests[0]?.address.token).toBe(null), limit);
    expect(asked.hasFailed()).toBe(true);
    const address = requests[0]?.address;
    if (!address) throw new Error('no request');
    await shown(bot.platform, address, waiting());
    expect(channel.messages().filter(fromBot)).toHaveLength(1);
  });

  it('in private that comes too late becomes a direct message', async () => {
    const { ada, channel, playground, answerWith } = await open();
    answerWith(async () => {
      playground.clock.advance(4000);
      return { kind: 'text', text: 'for you', private: true };
    });
    ada.command(channel, 'imagine', prompt);
    await ada.directMessage().waitFor((message) => textOf(message) === 'for you');
    expect(channel.messages()).toEqual([]);
  });

  it('with documents brings the files to the asker alone', async () => {
    const { ada, channel, answerWith, images } = await open();
    const { images: shelf } = await images.results(3);
    const imageIds = shelf.map(({ id }) => id);
    answerWith(async () => ({ kind: 'documents', batchId: 'batch1', imageIds }));
    const message = await ada.command(channel, 'imagine', prompt).message();
    expect(isEphemeral(message)).toBe(true);
    expect(message.attachments.map(({ filename }) => filename)).toEqual(
      imageIds.map((id) => `easel-${id}.png`),
    );
  });

  it('with more documents than its interaction takes messages ends in direct ones', async () => {
    const { ada, playground, answerWith, images } = await open({ allowedStatuses: [400] });
    const elsewhere = playground.driver.createGuild({ name: 'Elsewhere', hasBot: false });
    elsewhere.addMember(ada);
    const place = elsewhere.createChannel({ name: 'lounge' });
    const imageIds = (await images.results(81)).images.map(({ id }) => id);
    answerWith(async () => ({ kind: 'documents', batchId: 'batch1', imageIds }));
    ada.command(place, 'imagine', prompt);
    const names = () =>
      [...ada.messages(place), ...ada.directMessage().messages()].flatMap(({ attachments }) =>
        attachments.map(({ filename }) => filename),
      );
    await vi.waitFor(() => expect(names()).toHaveLength(imageIds.length), limit);
    // The first answer, five follow-ups, and the rest.
    const direct = ada.directMessage().messages();
    expect(direct.map(({ attachments }) => attachments.length)).toEqual([10, 10, 1]);
  });
});

describe('a button', () => {
  it('arrives with its payload, and a quiet answer leaves the card as it is', async () => {
    const { ada, channel, answerWith, requests, inbox } = await open();
    const card = await showCard();
    answerWith(async () => ({ kind: 'quiet' }));
    const press = ada.press(card, 'Cancel');
    expect(await press.answered()).toBe(6);
    const payload = encodeButton({ kind: 'cancel', batchId: 'batch1' });
    expect(requests.at(-1)?.intent).toEqual({ kind: 'button', payload });
    expect(channel.messages().filter(fromBot)).toHaveLength(1);
    await vi.waitFor(() => expect(inbox.rows.get(press.id)?.closed).toBe(true), limit);
  });

  it('that makes a new card opens a message of its own, which replies to the old one', async () => {
    const { ada, channel, answerWith, requests, bot } = await open();
    const card = await showCard();
    answerWith(async (request) => {
      await request.acknowledge({ private: false });
      return { kind: 'card', batchId: 'batch2' };
    });
    const press = ada.press(card, '🔄');
    expect(await press.answered()).toBe(5);
    const address = await vi.waitFor(() => {
      const found = requests.find(({ updateKey }) => updateKey === press.id)?.address;
      if (!found?.messageId) throw new Error('not acknowledged yet');
      return found;
    }, limit);
    await shown(bot.platform, address, { ...waiting(), prompt: 'once more' });
    expect(address.replyTo).toBe(card.id);
    const [first, second] = channel.messages().filter(fromBot);
    expect(first?.id).toBe(card.id);
    expect(textOf(card)).toContain('a red fox');
    expect(second?.repliesTo).toBe(card.id);
  });

  it('tells others privately that it is not theirs', async () => {
    const { channel, guild, answerWith, playground } = await open();
    const card = await showCard();
    const eve = playground.driver.createPerson({ name: 'Eve' });
    guild.addMember(eve);
    answerWith(async () => ({ kind: 'text', text: 'not yours', private: true }));
    const message = await eve.press(card, 'Cancel').message();
    expect(message.ephemeralFor).toBe(eve.id);
    expect(channel.messages().filter(fromBot)).toHaveLength(1);
  });

  it('tells so also after the card was acknowledged for being slow', async () => {
    const { ada, channel, answerWith } = await open();
    const card = await showCard();
    answerWith(async (request) => {
      await request.acknowledge({ private: true });
      return { kind: 'text', text: 'nothing to cancel', private: true };
    });
    ada.press(card, 'Cancel');
    const message = await ada.waitFor(channel, (each) => textOf(each) === 'nothing to cancel');
    expect(isEphemeral(message)).toBe(true);
    expect(textOf(card)).toContain('a red fox');
  });

  it('can remove the card that it sits on', async () => {
    const { ada, channel, answerWith } = await open();
    const card = await showCard();
    answerWith(async () => ({ kind: 'delete-message', beside: [] }));
    ada.press(card, 'Delete');
    await vi.waitFor(() => expect(channel.messages().filter(fromBot)).toEqual([]), limit);
  });

  it('of unknown make gets an answer too', async () => {
    const { ada, channel, answerWith, playground } = await open();
    const card = await showCard();
    answerWith(async () => ({ kind: 'text', text: 'this button is too old', private: true }));
    const body = {
      components: [{ type: 1, components: [{ type: 2, style: 1, label: 'x', custom_id: 'x' }] }],
    };
    await fetch(`${playground.url}/v10/channels/${channel.id}/messages/${card.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bot ${playground.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const message = await ada.press(card, 'x').message();
    expect(textOf(message)).toBe('this button is too old');
  });
});

describe('deleting by command', () => {
  it('removes the card’s message and says so', async () => {
    const { ada, channel, answerWith, requests } = await open();
    await showCard();
    const address = requests[0]?.address;
    if (!address) throw new Error('no request');
    answerWith(async () => ({ kind: 'delete-card', address, beside: [], text: 'removed' }));
    const message = await ada.command(channel, 'imagine', prompt).message();
    expect(textOf(message)).toBe('removed');
    expect(channel.messages().filter(fromBot)).toEqual([]);
  });
});

describe('an attachment', () => {
  const bytes = new TextEncoder().encode('not really an image');
  const image = { name: 'fox.png', bytes, contentType: 'image/png' };

  async function fetched(maxBytes: number): Promise<Uint8Array | unknown> {
    harness.ada.command(harness.channel, 'imagine', { ...prompt, image });
    const request = await vi.waitFor(() => {
      const [first] = harness.requests;
      if (!first) throw new Error('not arrived yet');
      return first;
    }, limit);
    const given = request.intent.kind === 'command' ? request.intent.options.image : undefined;
    if (typeof given !== 'object') throw new Error('no attachment');
    expect(given).toMatchObject({ name: 'fox.png', byteLength: bytes.byteLength });
    return given.fetch(maxBytes).catch((error: unknown) => error);
  }

  it('comes from the hosts that are allowed', async () => {
    await open();
    expect(new Uint8Array((await fetched(1000)) as Uint8Array)).toEqual(bytes);
  });

  it('comes from no other host', async () => {
    await open({ cdnHosts: ['cdn.discordapp.com'] });
    const error = await fetched(1000);
    expect(error).toBeInstanceOf(AttachmentError);
    expect(error).toMatchObject({ problem: 'foreign-host' });
  });

  it('is refused above the limit', async () => {
    await open();
    expect(await fetched(5)).toMatchObject({ problem: 'too-large' });
  });
});

/** What a process does that dies between its acknowledgement and the batch. */
async function acknowledgeOnly(request: ChatRequest): Promise<Reply> {
  await request.acknowledge({ private: false });
  return new Promise(() => {});
}

describe('an interaction that another process left open', () => {
  it('is answered after the start', async () => {
    const { ada, channel, inbox, bot, requests } = await open();
    await bot.stop();
    const asked = ada.command(channel, 'imagine', prompt);
    await inbox.receive('discord', asked.id, asked.record.payload);
    await harness.anotherBot().start();
    await vi.waitFor(
      () => expect(requests.map((each) => each.updateKey)).toEqual([asked.id]),
      limit,
    );
    expect(await asked.answered()).toBe(5);
  });

  it('is taken up by one that runs already', async () => {
    const { ada, channel, inbox, bot, requests } = await open();
    await bot.stop();
    const asked = ada.command(channel, 'imagine', prompt);
    await harness.anotherBot().start();
    expect(requests).toEqual([]);
    await inbox.receive('discord', asked.id, asked.record.payload);
    await vi.waitFor(() => expect(requests).toMatchObject([{ updateKey: asked.id }]), limit);
  });

  it('may have been acknowledged by that process', async () => {
    const { ada, channel, inbox, bot, requests, answerWith } = await open({
      allowedStatuses: [400],
    });
    answerWith(acknowledgeOnly);
    const asked = ada.command(channel, 'imagine', prompt);
    await asked.answered();
    await vi.waitFor(() => expect(requests[0]?.address.messageId).toBeTruthy(), limit);
    await bot.stop();
    expect(inbox.rows.get(asked.id)?.closed).toBe(false);
    answerWith(async (request) => {
      await request.acknowledge({ private: false });
      return { kind: 'card', batchId: 'batch1' };
    });
    const next = harness.anotherBot();
    await next.start();
    await vi.waitFor(() => expect(requests).toHaveLength(2), limit);
    const address = await vi.waitFor(() => {
      expect(harness.playground.ledger.count({ route: callbacks, status: 400 })).toBe(1);
      return requests[1]?.address;
    }, limit);
    if (!address) throw new Error('no address');
    await shown(next.platform, address, waiting());
    expect(channel.messages().filter(fromBot)).toHaveLength(1);
  });

  async function leftOpenAfterDeferral(isPrivate: boolean): Promise<Message> {
    const { ada, channel, inbox, bot, answerWith } = await open({ allowedStatuses: [400] });
    answerWith(acknowledgeOnly);
    const asked = ada.command(channel, 'imagine', prompt);
    expect(await asked.answered()).toBe(5);
    await bot.stop();
    answerWith(async () => ({ kind: 'text', text: 'done', private: isPrivate }));
    await harness.anotherBot().start();
    const message = await ada.waitFor(channel, (each) => textOf(each) === 'done');
    await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
    return message;
  }

  it('ends the thinking that the earlier process began, with a text for all', async () => {
    const message = await leftOpenAfterDeferral(false);
    expect(harness.channel.messages().filter(fromBot)).toEqual([message]);
  });

  it('ends the thinking that the earlier process began, with a text for the asker alone', async () => {
    const message = await leftOpenAfterDeferral(true);
    expect(isEphemeral(message)).toBe(true);
    expect(harness.channel.messages().filter(fromBot)).toEqual([]);
  });

  describe.each([
    ['words', 'busy'],
    ['components', 'busy '.repeat(500)],
  ])('may have been answered by that process, in %s', (_form, said) => {
    async function leftOpenAfterAnswer() {
      const opened = await open({ allowedStatuses: [400] });
      const { ada, channel, inbox, bot, answerWith } = opened;
      const { close } = inbox;
      inbox.close = async () => {
        throw new RecordUnavailableError('away for this test');
      };
      answerWith(async () => ({ kind: 'text', text: said, private: false }));
      const asked = ada.command(channel, 'imagine', prompt);
      await ada.waitFor(channel, (each) => textOf(each).startsWith('busy'));
      await bot.stop();
      inbox.close = close;
      expect(inbox.rows.get(asked.id)?.closed).toBe(false);
      return { ...opened, asked };
    }

    it('whose answer then gives way to words', async () => {
      const { ada, channel, inbox, answerWith, asked } = await leftOpenAfterAnswer();
      answerWith(async () => ({ kind: 'text', text: 'done', private: false }));
      await harness.anotherBot().start();
      await ada.waitFor(channel, (each) => textOf(each) === 'done');
      await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
      expect(channel.messages().filter(fromBot)).toHaveLength(1);
    });

    it('whose answer then gives way to a card', async () => {
      const { channel, requests, answerWith } = await leftOpenAfterAnswer();
      const before = requests.length;
      answerWith(async (request) => {
        await request.acknowledge({ private: false });
        return { kind: 'card', batchId: 'batch1' };
      });
      const next = harness.anotherBot();
      await next.start();
      await vi.waitFor(() => expect(requests).toHaveLength(before + 1), limit);
      const address = await vi.waitFor(() => {
        expect(harness.playground.ledger.count({ route: callbacks, status: 400 })).toBe(1);
        return requests.at(-1)?.address;
      }, limit);
      if (!address) throw new Error('no address');
      await shown(next.platform, address, waiting());
      const messages = channel.messages().filter(fromBot);
      expect(messages).toHaveLength(1);
      expect(messages.map(textOf).join()).not.toContain('busy');
    });
  });

  it('keeps its token when Discord is unwell just then', async () => {
    const { ada, channel, playground, bot, answerWith } = await open();
    answerWith(acknowledgeOnly);
    const asked = ada.command(channel, 'imagine', prompt);
    expect(await asked.answered()).toBe(5);
    await bot.stop();
    playground.clock.advance(10_000);
    playground.faults.next({ kind: '500', route: /callback$/ });
    answerWith(async () => ({ kind: 'text', text: 'done', private: false }));
    await harness.anotherBot().start();
    await ada.waitFor(channel, (each) => textOf(each) === 'done');
    expect(channel.messages().filter(fromBot)).toHaveLength(1);
  });

  it('is dealt with once, whoever thinks that nobody has it in hand', async () => {
    const { ada, channel, inbox, requests, answerWith } = await open();
    let end = () => {};
    answerWith(async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return { kind: 'text', text: 'done', private: true };
    });
    const takeUp = inbox.takeUp;
    let looks = 0;
    inbox.takeUp = async (platform) => {
      looks += 1;
      return takeUp(platform, []);
    };
    const asked = ada.command(channel, 'imagine', prompt);
    await vi.waitFor(() => expect(requests).toHaveLength(1), limit);
    const before = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 2), limit);
    expect(requests).toHaveLength(1);
    end();
    await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
  });

  it('says so when it cannot be closed, and is left to the next process by a stop', async () => {
    const { ada, channel, inbox, bot, logLines } = await open();
    inbox.close = async () => {
      throw new RecordUnavailableError('away for this test');
    };
    const asked = ada.command(channel, 'imagine', prompt);
    await vi.waitFor(
      () => expect(logLines.join()).toContain('an answered update cannot be closed yet'),
      limit,
    );
    await bot.stop();
    expect(logLines.join()).toContain('interaction not answered');
    expect(inbox.rows.get(asked.id)?.closed).toBe(false);
  });

  it('is told that nothing was kept when processes die of it again and again', async () => {
    const { ada, channel, inbox, bot, requests } = await open();
    await bot.stop();
    const asked = ada.command(channel, 'imagine', prompt);
    await inbox.receive('discord', asked.id, asked.record.payload);
    const takeUp = inbox.takeUp;
    inbox.takeUp = async (...place) =>
      (await takeUp(...place)).map((left) => ({ ...left, takeovers: 4 }));
    await harness.anotherBot().start();
    await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
    expect(requests).toEqual([]);
    expect(channel.messages().filter(fromBot).map(textOf)).toEqual([
      expect.stringContaining('kept nothing of this'),
    ]);
  });

  it('is told that nothing was kept when its token is over', async () => {
    const { ada, channel, inbox, bot, requests } = await open();
    await bot.stop();
    const asked = ada.command(channel, 'imagine', prompt);
    await inbox.receive('discord', asked.id, asked.record.payload);
    harness.playground.clock.advance(16 * 60_000);
    await harness.anotherBot().start();
    await vi.waitFor(() => expect(inbox.rows.get(asked.id)?.closed).toBe(true), limit);
    expect(requests).toEqual([]);
    expect(channel.messages().filter(fromBot).map(textOf)).toEqual([
      expect.stringContaining('kept nothing of this'),
    ]);
  });
});

describe('the connection', () => {
  it('is not made with a wrong token, which one line says', async () => {
    const { anotherBot } = await open({ start: false, token: 'wrong' });
    const error = await anotherBot()
      .start()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ retryable: false });
    expect(String(error)).toMatch(/Discord \(127\.0\.0\.1:\d+\): .*DISCORD_TOKEN/);
  });

  it('is tried again while Discord is away, with host and reason in one line', async () => {
    const { logLines, parts } = await open({ start: false });
    const vacant = await createDiscordPlayground();
    const port = Number(new URL(vacant.url).port);
    await vacant.close();
    const bot = createDiscordBot({
      ...parts,
      now: () => new Date(),
      cdnHosts: [],
      token: harness.playground.token,
      apiUrl: vacant.url,
    });
    const starting = bot.start();
    await vi.waitFor(() => expect(logLines.join('\n')).toContain('unreachable'), limit);
    const [line] = logLines.filter((each) => each.includes('unreachable'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      host: `127.0.0.1:${port}`,
      reason: 'ECONNREFUSED',
    });
    const back = await createDiscordPlayground({ port, token: harness.playground.token });
    await starting;
    await bot.stop();
    await back.close();
  });

  it('goes on after the gateway broke, and misses nothing', async () => {
    const { ada, channel, playground, requests } = await open();
    playground.gateway.drop();
    const asked = ada.command(channel, 'imagine', prompt);
    await vi.waitFor(
      () => expect(requests.map((each) => each.updateKey)).toEqual([asked.id]),
      limit,
    );
  });

  it('carries an interaction that says less than discord.js takes for granted', async () => {
    const { ada, channel, bot } = await open();
    await bot.stop();
    const asked = ada.command(channel, 'imagine', prompt);
    const { entitlements, channel: whole, context, ...bare } = asked.record.payload;
    asked.record.payload = { ...bare, channel: { id: channel.id, type: 0 } };
    await harness.anotherBot().start();
    asked.replay();
    expect(await asked.answered()).toBe(5);
  });

  it('takes no more interactions once stopped', async () => {
    const { ada, channel, bot, requests } = await open();
    await bot.stop();
    const asked = ada.command(channel, 'imagine', prompt);
    await harness.anotherBot().start();
    const later = ada.command(channel, 'imagine', prompt);
    await later.answered();
    expect(requests.map(({ updateKey }) => updateKey)).toEqual([later.id]);
    expect(asked.record.answeredWith).toBe(undefined);
  });

  it('keeps every token out of the log, whatever goes wrong', async () => {
    const { ada, channel, playground, bot, requests, logLines } = await open();
    playground.faults.next({ kind: '500', route: /callback$/, count: 50 });
    ada.command(channel, 'imagine', prompt);
    await vi.waitFor(() => expect(logLines.join()).toContain('interaction not answered'), limit);
    playground.faults.clear();
    playground.faults.next({ kind: 'reset-before', route: /@original$|messages$/, count: 2 });
    const address = requests[0]?.address;
    if (!address) throw new Error('no request');
    const outcome = await bot.platform.show({
      batchId: 'batch1',
      version: 1,
      posts: noPosts,
      address,
      view: waiting(),
      final: false,
      tick: false,
      onlyEdits: false,
      shownImageIds: [],
      sendingSince: null,
      sending: async () => {},
      placed: async () => {},
    });
    expect(JSON.stringify(outcome)).not.toContain(String(requests[0]?.address.token));
    expect(playground.ledger.count({ route: original, status: 500 })).toBe(0);
  });
});
