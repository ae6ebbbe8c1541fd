import { afterEach, beforeEach, expect, it } from 'vitest';
import { textOf } from '../../../src/playground/discord/index.js';
import { type DiscordBotHarness, openDiscordBot } from '../../support/discord-bot.js';
import { makePicture } from '../../support/pictures.js';

/** Longer than a message of plain content. */
const words = `Presets:\n${'anime and more of it\n'.repeat(150)}the end`;

let harness: DiscordBotHarness;
beforeEach(async () => {
  harness = await openDiscordBot();
  const bytes = await makePicture(600, 400, 'jpeg');
  harness.answerWith(async () => ({
    kind: 'text',
    text: words,
    private: true,
    picture: { name: 'presets.jpg', mediaType: 'image/jpeg', bytes, description: 'anime' },
  }));
});
afterEach(() => harness.close());

it('shows a picture under all of its words', async () => {
  const { ada, channel } = harness;
  const message = await ada.command(channel, 'imagine', { prompt: 'a fox' }).message();
  expect(textOf(message)).toContain('the end');
  expect(message.ephemeralFor).toBe(ada.id);
  expect(message.attachments.map(({ filename }) => filename)).toEqual(['presets.jpg']);
});

it('says the words alone where files may not stand', async () => {
  const { ada, guild } = harness;
  const strict = guild.createChannel({ name: 'strict', botLacks: ['AttachFiles'] });
  const message = await ada.command(strict, 'imagine', { prompt: 'a fox' }).message();
  expect(textOf(message)).toContain('the end');
  expect(message.attachments).toEqual([]);
});
