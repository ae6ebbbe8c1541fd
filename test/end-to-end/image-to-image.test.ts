import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import type { Person, StoredMessage } from '../../src/playground/telegram/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { makePicture } from '../support/pictures.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  telegramCardWith,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
beforeAll(async () => {
  comfyUi = await startComfyUiServer();
  studio = await openStudio({
    configuration: `
backends:
  - { name: sketch, type: sketch, stepDurationMs: 10 }
  - { name: desk, type: comfyui, url: '${comfyUi.url}' }
`,
  });
  await studio.start();
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

let ann: Person;
beforeEach(() => {
  ann = studio.telegram.createUser({ firstName: 'Ann' });
});

const red = () => makePicture(640, 480, 'jpeg', '#d03020');
const photoOf = (message: StoredMessage) =>
  studio.telegram.fileBytes(message.content.photo?.at(-1)?.file_id ?? '');

/** Red by far, as the input was. */
async function expectRed(bytes: Uint8Array): Promise<void> {
  const [red, , blue] = (await sharp(bytes).stats()).channels.map(({ mean }) => mean);
  expect(red).toBeGreaterThan((blue ?? 255) + 20);
}

describe('a picture in a private Telegram chat', () => {
  const ways: Record<string, () => Promise<unknown>> = {
    'a photo with a caption': async () =>
      ann.send(ann.chat, { photo: await red(), caption: 'an oil painting --strength 0.4' }),
    'a photo with /imagine in its caption': async () =>
      ann.send(ann.chat, {
        photo: await red(),
        caption: '/imagine an oil painting --strength 0.4',
      }),
    'an image document with a caption': async () =>
      ann.send(ann.chat, {
        document: { name: 'red.png', bytes: await makePicture(640, 480, 'png', '#d03020') },
        caption: 'an oil painting --strength 0.4',
      }),
    'a photo that is replied to': async () => {
      const photo = await ann.send(ann.chat, { photo: await red() });
      await ann.send(ann.chat, {
        text: '/imagine an oil painting --strength 0.4',
        replyTo: photo,
      });
    },
  };
  it.each(Object.entries(ways))(
    'comes back changed, and still from that picture: %s',
    async (_, send) => {
      await send();
      const done = await telegramCardWith(studio, ann.chat, 'U1', 'an oil painting');
      await expectRed(photoOf(done));
    },
  );

  it('goes to ComfyUI as an upload, and comes back from it', async () => {
    const before = comfyUi.submissions();
    await ann.send(ann.chat, {
      photo: await red(),
      caption: 'an etching --model tiny-sd15 --strength 0.3',
    });
    const done = await telegramCardWith(studio, ann.chat, 'U1');
    await expectRed(photoOf(done));
    expect(comfyUi.submissions()).toBe(before + 1);
    expect(comfyUi.uploads.size).toBeGreaterThanOrEqual(1);
    const nodes = Object.values(comfyUi.graph(-1));
    expect(nodes.map(({ class_type }) => class_type)).toContain('LoadImage');
    const sampler = nodes.find(({ class_type }) => class_type === 'KSampler');
    expect(sampler?.inputs.denoise).toBe(0.3);
  });
});

it('changes an attached image on Discord', async () => {
  const { channel, people } = openDiscordRoom(studio);
  people[0]?.command(channel, 'imagine', {
    prompt: 'an oil painting',
    image: { name: 'red.jpg', bytes: await red() },
    strength: 0.4,
  });
  const done = await discordCardWith(channel, 'U1');
  await expectRed(shownAttachments(done)[0]?.bytes ?? Buffer.of());
});

it('takes the first frame of an animated GIF, on both platforms', async () => {
  const frame = (background: string) => makePicture(200, 100, 'png', background);
  const gif = await sharp([await frame('#d03020'), await frame('#2030d0')], {
    join: { animated: true },
  })
    .gif()
    .toBuffer();
  expect((await sharp(gif).metadata()).pages).toBe(2);

  await ann.send(ann.chat, {
    document: { name: 'moving.gif', bytes: gif },
    caption: 'an oil painting --strength 0.3',
  });
  const { channel, people } = openDiscordRoom(studio);
  people[0]?.command(channel, 'imagine', {
    prompt: 'an oil painting',
    image: { name: 'moving.gif', bytes: gif },
    strength: 0.3,
  });
  await expectRed(photoOf(await telegramCardWith(studio, ann.chat, 'U1')));
  const onDiscord = await discordCardWith(channel, 'U1');
  await expectRed(shownAttachments(onDiscord)[0]?.bytes ?? Buffer.of());
  expect(textOf(onDiscord)).toContain('an oil painting');
});

describe('a Telegram group', () => {
  it('gets its card in the forum topic where it was asked for', async () => {
    const forum = studio.telegram.createSupergroup({ owner: ann, isForum: true });
    const topic = studio.telegram.createTopic(forum, 'Foxes', ann);
    await ann.send(forum, { text: '/imagine a fox', threadId: topic });
    const done = await telegramCardWith(studio, forum, 'U1');
    expect(done.threadId).toBe(topic);
  });

  it('is answered when the bot is named, and not when another is, or nobody', async () => {
    const group = studio.telegram.createSupergroup({ owner: ann, bot: 'administrator' });
    await ann.send(group, { text: '/imagine@other_bot a wolf' });
    await ann.send(group, { text: 'what a nice day' });
    await ann.send(group, { photo: await red(), caption: 'my cat' });
    await ann.send(group, { text: `/imagine@${studio.telegram.bot.username} a fox` });
    await telegramCardWith(studio, group, 'U1', 'a fox');
    expect(telegramSaid(studio, group).map(telegramWords)).toEqual([
      expect.stringContaining('a fox'),
    ]);
  });

  it('may answer one of its pictures with a prompt, where the bot reads commands alone', async () => {
    const group = studio.telegram.createGroup({ owner: ann });
    const photo = await ann.send(group, { photo: await red() });
    await ann.send(group, { text: '/imagine an oil painting --strength 0.4', replyTo: photo });
    const done = await telegramCardWith(studio, group, 'U1');
    await expectRed(photoOf(done));
  });
});
