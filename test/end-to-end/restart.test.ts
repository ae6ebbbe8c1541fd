import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { makePicture } from '../support/pictures.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramButtons,
  telegramCardWith,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
let easel: EaselProcess;
beforeEach(async () => {
  comfyUi = await startComfyUiServer();
  // Both platforms' runs at the same time.
  studio = await openStudio({
    configuration: `
backends:
  - { name: desk, type: comfyui, url: '${comfyUi.url}', slots: 2 }
  - { name: sketch, type: sketch, slots: 2, stepDurationMs: 400 }
`,
  });
  easel = await studio.start();
});
afterEach(async () => {
  await studio.close();
  await comfyUi.close();
});

/** One request on each platform, both running. */
async function beginOnBoth(flags: string, options: Record<string, string> = {}) {
  const { channel, people } = openDiscordRoom(studio);
  const ann = studio.telegram.createUser();
  people[0]?.command(channel, 'imagine', { prompt: 'a fox', count: 2, ...options });
  await ann.send(ann.chat, { text: `a fox --n 2 ${flags}` });
  const isRunning = (words: string) => /[▰▱]{10}/.test(words);
  const limit = { timeoutMs: patienceMs };
  const onDiscord = await channel.waitFor((card) => isRunning(textOf(card)), limit);
  const onTelegram = await studio.telegram.waitForMessage(
    ann.chat,
    (card) => isRunning(telegramWords(card)),
    limit,
  );

  /** The images are there, on the cards that were there before, and nothing else is. */
  const expectTheSameCards = async () => {
    expect((await discordCardWith(channel, 'U2')).id).toBe(onDiscord.id);
    expect((await telegramCardWith(studio, ann.chat, 'U2')).id).toBe(onTelegram.id);
    expect(channel.messages()).toHaveLength(1);
    expect(telegramSaid(studio, ann.chat)).toHaveLength(1);
    expect(shownAttachments(onDiscord).length).toBeGreaterThanOrEqual(2);
    expect(onTelegram.content.photo).toBeDefined();
  };
  return { expectTheSameCards };
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('a restart by %s', (signal) => {
  it('goes on with the runs of ComfyUI, and shows their images on the same cards', async () => {
    comfyUi.execution.hold();
    const { expectTheSameCards } = await beginOnBoth('');
    await comfyUi.began();
    for (let restart = 1; restart <= 2; restart++) {
      await easel.end(signal);
      easel = await studio.start();
    }
    comfyUi.execution.release();
    await expectTheSameCards();
    expect(comfyUi.submissions()).toBe(2);
    expect(comfyUi.stops()).toBe(0);
  });
});

it('posts each image of a batch once, though Easel was killed between its albums', async () => {
  const ann = studio.telegram.createUser();
  const photo = await makePicture(96, 64, 'jpeg');
  const [asked] = await ann.sendAlbum(
    ann.chat,
    Array.from({ length: 8 }, (_, at) => ({
      photo,
      ...(at === 0 && { caption: '{red|blue} sky' }),
    })),
  );
  const albums = () =>
    studio.query(`select value->>'state' as state from cards, jsonb_each(posts)`);
  await expect.poll(albums, { timeout: patienceMs }).toContainEqual({ state: 'sent' });
  await easel.end('SIGKILL');
  const said = () => telegramSaid(studio, ann.chat);
  // The card, and sixteen images.
  expect(said().length).toBeLessThan(17);
  easel = await studio.start();

  const card = await telegramCardWith(studio, ann.chat, 'Zip', '16 done');
  expect(card.replyTo?.id).toBe(asked?.id);
  expect(telegramButtons(card)).not.toContain('Send again');
  await studio.telegram.waitFor(() => said().length === 17, { timeoutMs: patienceMs });
  const places = said()
    .filter(({ id }) => id !== card.id)
    .map((message) => telegramWords(message).split(' ')[0]);
  const expected = Array.from({ length: 16 }, (_, at) => `${at + 1}/16`);
  expect(places.sort()).toEqual(expected.sort());
});

it('draws a sketch again whose process was killed, and shows it on the same card', async () => {
  const { expectTheSameCards } = await beginOnBoth('--model sketch', {
    model: 'sketch',
  });
  await easel.end('SIGKILL');
  easel = await studio.start();
  await expectTheSameCards();
});

it('shows what finished while no Easel was there', async () => {
  comfyUi.execution.hold();
  const { expectTheSameCards } = await beginOnBoth('');
  await comfyUi.began();
  await easel.end('SIGKILL');
  comfyUi.execution.release();
  easel = await studio.start();
  await expectTheSameCards();
  expect(comfyUi.submissions()).toBe(2);
});

it('answers what was asked while no Easel was there, as far as the platform keeps it', async () => {
  await easel.end();
  const ann = studio.telegram.createUser();
  await ann.send(ann.chat, { text: 'a fox' });
  easel = await studio.start();
  const done = await telegramCardWith(studio, ann.chat, 'U1');
  expect(telegramButtons(done)).toContain('🔄');
  const { channel, people } = openDiscordRoom(studio);
  people[0]?.command(channel, 'imagine', { prompt: 'a fox' });
  expect(discordButtons(await discordCardWith(channel, 'U1'))).toContain('🔄');
});
