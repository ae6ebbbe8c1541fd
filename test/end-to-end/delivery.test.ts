import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Message, shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramSaid,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
beforeAll(async () => {
  comfyUi = await startComfyUiServer();
  studio = await openStudio();
  await studio.start({ COMFYUI_URL: comfyUi.url });
});
afterEach(() => {
  comfyUi.execution.release();
  studio.discord.faults.clear();
  studio.telegram.faults.clear();
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

/** A card on Discord whose run waits for `comfyUi.execution.release()`. */
async function beginOnDiscord() {
  comfyUi.execution.hold();
  const room = openDiscordRoom(studio);
  room.people[0]?.command(room.channel, 'imagine', { prompt: 'a fox' });
  await comfyUi.began();
  const card = await discordCardWith(room.channel, 'Cancel');
  return { ...room, card };
}

async function beginOnTelegram() {
  comfyUi.execution.hold();
  const ann = studio.telegram.createUser();
  await ann.send(ann.chat, { text: 'a fox' });
  await comfyUi.began();
  return { ann, card: await telegramCardWith(studio, ann.chat, 'Cancel') };
}

const edits = /^PATCH /;
const isFinished = (version: Pick<Message, 'components' | 'embeds' | 'attachments' | 'flags'>) =>
  shownAttachments(version as Message).length > 0;

describe('a finished card on Discord', () => {
  const faults = {
    'whose answer was lost': { kind: 'reset-after', route: edits, count: 2 },
    'that was answered with 500': { kind: '500', route: edits, count: 3 },
    'that was told to wait': { kind: '429', route: edits, count: 2, retryAfterMs: 300 },
  } as const;
  it.each(Object.entries(faults))('is there once after an edit %s', async (_, fault) => {
    const { channel, card } = await beginOnDiscord();
    studio.discord.faults.next(fault);
    comfyUi.execution.release();
    expect((await discordCardWith(channel, 'U1')).id).toBe(card.id);
    expect(channel.messages().filter(isFinished)).toHaveLength(1);
    expect(channel.messages()).toHaveLength(1);
  });

  it('is sent anew, once, where the card was deleted meanwhile', async () => {
    const { channel, card } = await beginOnDiscord();
    studio.discord.driver.deleteMessage(card);
    comfyUi.execution.release();
    const done = await discordCardWith(channel, 'U1');
    expect(done.id).not.toBe(card.id);
    expect(channel.messages()).toHaveLength(1);
  });

  it('is given up where the channel is gone', async () => {
    const { channel, card } = await beginOnDiscord();
    studio.discord.driver.deleteChannel(channel);
    comfyUi.execution.release();
    await becomesQuiet('discord');
    expect(textOf(card)).not.toContain('U1');
  });
});

describe('a finished card on Telegram', () => {
  const faults = {
    'whose answer was lost': { kind: 'reset-after', method: 'editMessageMedia', count: 2 },
    'that was answered with 500': { kind: '500', method: 'editMessageMedia', count: 2 },
    'that was told to wait': { kind: '429', method: 'editMessageMedia', count: 2, retryAfter: 1 },
  } as const;
  it.each(Object.entries(faults))('is there once after an edit %s', async (_, fault) => {
    const { ann, card } = await beginOnTelegram();
    studio.telegram.faults.next(fault);
    comfyUi.execution.release();
    expect((await telegramCardWith(studio, ann.chat, 'U1')).id).toBe(card.id);
    expect(telegramSaid(studio, ann.chat)).toHaveLength(1);
  });

  it('is sent anew, once, where the card was deleted meanwhile', async () => {
    const { ann, card } = await beginOnTelegram();
    ann.delete(card);
    comfyUi.execution.release();
    const done = await telegramCardWith(studio, ann.chat, 'U1');
    expect(done.id).not.toBe(card.id);
    expect(telegramSaid(studio, ann.chat)).toHaveLength(1);
  });

  it('is given up where its reader has blocked the bot', async () => {
    const { ann } = await beginOnTelegram();
    ann.block();
    comfyUi.execution.release();
    await becomesQuiet('telegram');
    expect(telegramSaid(studio, ann.chat).some(({ content }) => content.photo)).toBe(false);
  });

  it('has one card with pictures where the answer to its first message was lost', async () => {
    const ann = studio.telegram.createUser();
    studio.telegram.faults.next({ kind: 'reset-after', method: 'sendMessage' });
    await ann.send(ann.chat, { text: 'a fox' });
    await telegramCardWith(studio, ann.chat, 'U1');
    const withPictures = telegramSaid(studio, ann.chat).filter(({ content }) => content.photo);
    expect(withPictures).toHaveLength(1);
  });
});

/** Until no card of the platform is due, and the record says why the last one is not shown. */
async function becomesQuiet(platform: string): Promise<void> {
  await expect
    .poll(
      () =>
        studio.query(`select count(*)::int as due from cards where platform = '${platform}'
          and rendered_version < version and undeliverable_reason is null`),
      { timeout: patienceMs, interval: 200 },
    )
    .toEqual([{ due: 0 }]);
  const [row] = await studio.query(
    `select count(*)::int as given_up from cards
     where platform = '${platform}' and undeliverable_reason is not null`,
  );
  expect(row).toEqual({ given_up: 1 });
}
