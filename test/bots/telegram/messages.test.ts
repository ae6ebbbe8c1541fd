import { describe, expect, it } from 'vitest';
import { type Attachment, type ChatRequest, userWords } from '../../../src/chat/index.js';
import { makePicture } from '../../support/pictures.js';
import { eventually, useTelegramBot } from './bot-harness.js';

describe('messages to the Telegram bot', () => {
  const test = useTelegramBot();

  /** The request that the nth thing asked of the bot became. */
  const requested = (count: number): Promise<ChatRequest> =>
    eventually(() => {
      const request = test.requests[count - 1];
      if (!request) throw new Error(`Only ${test.requests.length} of ${count} requests`);
      return request;
    });

  it('takes plain text in a private chat as a prompt, and knows who asks where', async () => {
    const ada = test.playground.createUser({
      firstName: 'Ada',
      lastName: 'Lovelace',
      languageCode: 'zh-hans',
    });
    await test.bot.start();
    const asked = await ada.send(ada.chat, { text: 'a red fox --n 4' });
    const reply = await test.playground.waitForMessage(ada.chat);
    expect(reply.content.text).toBe('imagine: a red fox --n 4');
    expect(reply.replyTo?.id).toBe(asked.id);
    expect(test.requests).toMatchObject([
      {
        platform: 'telegram',
        updateKey: String(test.playground.updates[0]?.update_id),
        identity: {
          platform: 'telegram',
          platformUserId: String(ada.user.id),
          name: 'Ada Lovelace',
          locale: 'zh-hans',
        },
        scopeId: `telegram:dm:${ada.user.id}`,
        address: { chatId: ada.chat.id, threadId: null, messageId: null, replyTo: asked.id },
        intent: { kind: 'text-command', name: 'imagine', text: 'a red fox --n 4', attachments: [] },
      },
    ]);
    expect(await test.requests[0]?.managesScope()).toBe(true);
  });

  it('lets nothing that somebody wrote work in its answers, and its own commands do', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const hostile = '/erase @everyone #fox $TON';
    test.answer = () => {
      const text = `No “${userWords(hostile)}”. See /presets.`;
      return { kind: 'text', text, private: true };
    };
    await ada.send(ada.chat, { text: hostile });
    const { content } = await test.playground.waitForMessage(ada.chat);
    expect(content.text?.replaceAll('\u200b', '')).toBe(`No “${hostile}”. See /presets.`);
    const offset = content.text?.indexOf('/presets');
    expect(content.entities).toEqual([{ type: 'bot_command', offset, length: 8 }]);
  });

  it('takes commands, its own name after them or not, and leaves those of other bots', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    await ada.send(ada.chat, { text: '/imagine@some_other_bot a red fox' });
    await ada.send(ada.chat, { text: `/IMAGINE@${test.playground.bot.username} a\nblue fox` });
    await ada.send(ada.chat, { text: '/start from-a-link' });
    await ada.send(ada.chat, { text: '/usr/bin is a path' });
    await requested(3);
    expect(test.requests.map(({ intent }) => intent)).toMatchObject([
      { name: 'imagine', text: 'a\nblue fox' },
      { name: 'start', text: 'from-a-link' },
      { name: 'imagine', text: '/usr/bin is a path' },
    ]);
  });

  it('hears in a group what is meant for it, and in which topic', async () => {
    const ada = test.playground.createUser({ firstName: 'Ada' });
    const room = test.playground.createSupergroup({
      owner: ada,
      isForum: true,
      bot: 'administrator',
    });
    const thread = test.playground.createTopic(room, 'Foxes', ada);
    await test.bot.start();
    await ada.send(room, { text: 'just talk', threadId: thread });
    await ada.send(room, { text: '/unknown thing', threadId: thread });
    const asked = await ada.send(room, { text: '/imagine a red fox', threadId: thread });
    const reply = await test.playground.waitForMessage(room);
    expect(test.requests).toMatchObject([
      {
        scopeId: `telegram:${room.id}`,
        address: { chatId: room.id, threadId: thread, replyTo: asked.id },
        intent: { name: 'imagine', text: 'a red fox' },
      },
    ]);
    expect(reply.threadId).toBe(thread);
    expect(await test.requests[0]?.managesScope()).toBe(true);
  });

  it('asks the platform who administers a group, once a minute', async () => {
    const ada = test.playground.createUser();
    const bob = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada, members: [bob] });
    await test.bot.start();
    await bob.send(room, { text: '/imagine a red fox' });
    const request = await requested(1);
    expect(await request.managesScope()).toBe(false);
    expect(await request.managesScope()).toBe(false);
    expect(test.playground.ledger.of('getChatMember')).toHaveLength(1);
  });

  it('takes a photo with a caption, and gives the very bytes of its largest size', async () => {
    const ada = test.playground.createUser();
    const photo = await makePicture(400, 300);
    await test.bot.start();
    const asked = await ada.send(ada.chat, { photo, caption: 'as an oil painting' });
    const request = await requested(1);
    expect(request.intent).toMatchObject({ name: 'imagine', text: 'as an oil painting' });
    const [attachment] = attachmentsOf(request);
    expect(attachment).toMatchObject({ width: 400, height: 300 });
    const largest = asked.content.photo?.at(-1);
    expect(Buffer.from((await attachment?.fetch(1_000_000)) ?? [])).toEqual(
      test.playground.fileBytes(largest?.file_id ?? ''),
    );
  });

  it('takes a document with a command in its caption, in a group too', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada });
    const bytes = await makePicture(64, 64);
    await test.bot.start();
    await ada.send(room, { document: { name: 'cat.png', bytes }, caption: 'look at my cat' });
    await ada.send(room, {
      document: { name: 'cat.png', bytes },
      caption: '/imagine as a lion --strength 0.4',
    });
    const request = await requested(1);
    expect(request.intent).toMatchObject({ name: 'imagine', text: 'as a lion --strength 0.4' });
    const [attachment] = attachmentsOf(request);
    expect(attachment?.name).toBe('cat.png');
    expect(Buffer.from((await attachment?.fetch(1_000_000)) ?? [])).toEqual(Buffer.from(bytes));
    expect(test.requests).toHaveLength(1);
  });

  it('passes on a document that is no image, so that it is told so', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const document = { name: 'paper.pdf', bytes: Buffer.from('%PDF-1.7') };
    await ada.send(ada.chat, { document, caption: 'as a painting' });
    expect(attachmentsOf(await requested(1))).toMatchObject([{ name: 'paper.pdf' }]);
  });

  it('takes the image of the message that is replied to', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada });
    const photo = await makePicture(320, 200);
    await test.bot.start();
    const shown = await ada.send(room, { photo });
    await ada.send(room, { text: '/imagine in winter', replyTo: shown });
    const own = await ada.send(ada.chat, { photo, caption: 'first' });
    await ada.send(ada.chat, { text: 'and at night', replyTo: own });
    await requested(3);
    const inGroup = test.requests.find(({ scopeId }) => scopeId === `telegram:${room.id}`);
    expect(attachmentsOf(inGroup)).toMatchObject([{ width: 320, height: 200 }]);
    expect(attachmentsOf(test.requests.at(-1))).toMatchObject([{ width: 320, height: 200 }]);
  });

  it('hands over what was answered beside the images of its own', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const shown = await ada.send(ada.chat, { photo: await makePicture(320, 200), caption: 'door' });
    const photo = await makePicture(64, 40);
    await ada.send(ada.chat, { photo, caption: 'a red door --mask', replyTo: shown });
    await requested(2);
    expect(test.requests.at(-1)?.intent).toMatchObject({
      ...{ name: 'imagine', text: 'a red door --mask' },
      ...{ attachments: [{ width: 64 }], answered: { width: 320 } },
    });
  });

  it('hands on a picture without words, which may belong to what was asked for before', async () => {
    const ada = test.playground.createUser({ languageCode: 'zh-hans' });
    await test.bot.start();
    await ada.send(ada.chat, { photo: await makePicture(64, 64) });
    const reply = await test.playground.waitForMessage(ada.chat);
    expect(reply.content.text).toBe('more-images');
    expect(test.requests[0]?.intent).toMatchObject({ attachments: [{ width: 64 }] });
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });

  it('hands over nothing of a file that is larger than wanted', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const bytes = await makePicture(200, 200);
    await ada.send(ada.chat, { document: { name: 'cat.png', bytes }, caption: 'x' });
    const [attachment] = attachmentsOf(await requested(1));
    await expect(attachment?.fetch(bytes.byteLength - 1)).rejects.toMatchObject({
      problem: 'too-large',
    });
    expect(test.playground.ledger.of('getFile')).toEqual([]);
  });

  it('says that a file is unavailable when Telegram will not hand it over', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    await ada.send(ada.chat, { photo: await makePicture(64, 64), caption: 'x' });
    const [attachment] = attachmentsOf(await requested(1));
    test.playground.faults.next({ method: 'getFile', kind: '502' });
    await expect(attachment?.fetch(1_000_000)).rejects.toMatchObject({ problem: 'unavailable' });
  });
});

function attachmentsOf(request: ChatRequest | undefined): readonly Attachment[] {
  return request?.intent.kind === 'text-command' ? request.intent.attachments : [];
}
