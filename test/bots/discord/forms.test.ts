import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatRequest, Form } from '../../../src/chat/index.js';
import { textOf } from '../../../src/playground/discord/index.js';
import {
  type DiscordBotHarness,
  imagineDeclaration,
  openDiscordBot,
} from '../../support/discord-bot.js';
import { makePicture } from '../../support/pictures.js';

const form: Form = {
  title: 'Change several images',
  fields: [
    { kind: 'files', name: 'images', label: 'Images', required: true, maxFiles: 10 },
    {
      ...{ kind: 'text', name: 'prompt', label: 'Prompt', value: 'a fox', required: false },
      ...{ maxCharacters: 4000, isLong: true },
    },
  ],
};

const menu = {
  ...imagineDeclaration,
  path: ['remix'],
  options: [],
  messageMenu: { 'en-US': 'Remix images', 'zh-CN': '重绘图片' },
};

let harness: DiscordBotHarness;
beforeEach(async () => {
  harness = await openDiscordBot({ commands: [imagineDeclaration, menu] });
  const isFirst = ({ intent }: Pick<ChatRequest, 'intent'>) => 'answers' in intent === false;
  harness.openFormsFor((intent) => isFirst({ intent }));
  harness.answerWith(async (request) =>
    isFirst(request) ? { kind: 'form', form } : { kind: 'text', text: 'Thanks', private: true },
  );
});
afterEach(() => harness.close());

describe('a form on Discord', () => {
  it('is a modal, and its answers come with the command that asked for it', async () => {
    const { ada, channel, requests, inbox } = harness;
    const asked = ada.command(channel, 'imagine', { prompt: 'a fox', count: 2 });
    expect(await asked.modal()).toMatchObject({ title: 'Change several images' });
    const picture = await makePicture(40, 30);
    const sent = ada.submitModal(asked, {
      images: [{ name: 'fox.png', bytes: picture }],
      prompt: 'a hare',
    });
    expect(textOf(await sent.message())).toContain('Thanks');
    const intent = requests[1]?.intent;
    expect(intent).toMatchObject({
      kind: 'command',
      name: 'imagine',
      options: { prompt: 'a fox', count: 2 },
      answers: { prompt: 'a hare', images: [{ name: 'fox.png', width: 40, height: 30 }] },
    });
    const [image] = intent?.kind === 'command' ? (intent.answers?.images ?? []) : [];
    expect(typeof image === 'object' && (await image.fetch(1_000_000))).toEqual(picture);
    expect([...inbox.rows.values()].map(({ closed }) => closed)).toEqual([true, true]);
    expect(JSON.stringify(inbox.rows.get(asked.id))).not.toContain(asked.record.token);
  });

  it('is answered once, however often the answer arrives', async () => {
    const { ada, channel, requests } = harness;
    const asked = ada.command(channel, 'imagine', { prompt: 'a fox' });
    await asked.modal();
    const sent = ada.submitModal(asked, { images: [{ name: 'a.png', bytes: new Uint8Array(9) }] });
    sent.replay();
    await sent.message();
    expect(requests).toHaveLength(2);
  });

  it('is still answered by the process after the one that asked', async () => {
    const { ada, channel, requests, bot, anotherBot } = harness;
    const asked = ada.command(channel, 'imagine', { prompt: 'a fox' });
    await asked.modal();
    await bot.stop();
    await anotherBot().start();
    const sent = ada.submitModal(asked, { images: [{ name: 'a.png', bytes: new Uint8Array(9) }] });
    expect(textOf(await sent.message())).toContain('Thanks');
    expect(requests[1]?.intent).toMatchObject({ kind: 'command', name: 'imagine' });
  });

  it('that nobody remembers is told so, privately', async () => {
    const { ada, channel, inbox, requests } = harness;
    const asked = ada.command(channel, 'imagine', { prompt: 'a fox' });
    await asked.modal();
    inbox.rows.delete(asked.id);
    const sent = ada.submitModal(asked, { images: [{ name: 'a.png', bytes: new Uint8Array(9) }] });
    const message = await sent.message();
    expect(textOf(message)).toContain('no longer known');
    expect(message.ephemeralFor).toBe(ada.id);
    expect(requests).toHaveLength(1);
  });
});

describe('the menu of a message', () => {
  it('offers its entries under their localized names', () => {
    expect(harness.playground.commands()).toContainEqual(
      expect.objectContaining({
        type: 3,
        name: 'Remix images',
        name_localizations: { 'zh-CN': '重绘图片' },
        description: '',
        contexts: [0, 1, 2],
      }),
    );
  });

  it('hands over the images of the message, and remembers them for the form', async () => {
    const { ada, channel, requests } = harness;
    const message = ada.say(channel, {
      content: 'my holidays',
      files: [
        { name: 'beach.png', bytes: await makePicture(40, 30), contentType: 'image/png' },
        { name: 'notes.txt', bytes: Buffer.from('hello'), contentType: 'text/plain' },
        { name: 'hills.jpg', bytes: await makePicture(50, 30, 'jpeg'), contentType: 'image/jpeg' },
      ],
    });
    const asked = ada.messageCommand(message, 'Remix images');
    await asked.modal();
    const images = [{ name: 'beach.png' }, { name: 'hills.jpg' }];
    expect(requests[0]?.intent).toMatchObject({
      kind: 'message-menu',
      name: 'Remix images',
      images,
    });
    const files = [{ name: 'a.png', bytes: new Uint8Array(9) }];
    await ada.submitModal(asked, { prompt: 'in winter', images: files }).message();
    expect(requests[1]?.intent).toMatchObject({ images, answers: { prompt: 'in winter' } });
  });
});
