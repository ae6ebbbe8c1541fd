import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramPress,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
beforeAll(async () => {
  comfyUi = await startComfyUiServer();
  studio = await openStudio();
  await studio.start({ COMFYUI_URL: comfyUi.url });
});
afterEach(() => comfyUi.execution.release());
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

const isIdle = () =>
  vi.waitFor(() => expect(comfyUi.execution.running).toBeUndefined(), { timeout: patienceMs });

describe('a cancel', () => {
  it('stops the run on ComfyUI, for a card on Discord', async () => {
    comfyUi.execution.hold();
    const { channel, people } = openDiscordRoom(studio);
    people[0]?.command(channel, 'imagine', { prompt: 'a city' });
    await comfyUi.began();
    const stops = comfyUi.stops();
    const card = await discordCardWith(channel, 'Cancel');
    const pressed = people[0]?.press(card, 'Cancel');
    expect(await pressed?.answered()).toBe(6);
    await channel.waitFor((message) => textOf(message).includes('cancelled'));
    await isIdle();
    expect(comfyUi.stops()).toBeGreaterThan(stops);
    expect(channel.messages()).toHaveLength(1);
  });

  it('stops the run on ComfyUI, for a card on Telegram', async () => {
    comfyUi.execution.hold();
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: 'a city' });
    await comfyUi.began();
    const stops = comfyUi.stops();
    const pressed = telegramPress(
      ann,
      await telegramCardWith(studio, ann.chat, 'Cancel'),
      'Cancel',
    );
    await studio.telegram.waitForMessage(ann.chat, (message) =>
      telegramWords(message).includes('cancelled'),
    );
    await studio.telegram.waitFor(() => pressed.answer);
    await isIdle();
    expect(comfyUi.stops()).toBeGreaterThan(stops);
  });

  it('of a waiting task keeps it from ComfyUI, on both platforms', async () => {
    comfyUi.execution.hold();
    const { channel, people } = openDiscordRoom(studio);
    const [dan] = people;
    const ann = studio.telegram.createUser();
    const submissions = comfyUi.submissions();
    dan?.command(channel, 'imagine', { prompt: 'the first' });
    await comfyUi.began();
    dan?.command(channel, 'imagine', { prompt: 'the second' });
    await ann.send(ann.chat, { text: 'the third' });

    dan?.press(await discordCardWith(channel, 'Cancel', 'the second'), 'Cancel');
    telegramPress(ann, await telegramCardWith(studio, ann.chat, 'Cancel'), 'Cancel');
    await channel.waitFor((message) => /the second.*cancelled/s.test(textOf(message)));
    await studio.telegram.waitForMessage(ann.chat, (message) =>
      telegramWords(message).includes('cancelled'),
    );
    comfyUi.execution.release();
    await discordCardWith(channel, 'U1', 'the first');
    expect(comfyUi.submissions()).toBe(submissions + 1);
  });
});
