import { describe, expect, it } from 'vitest';
import type { Attachment, ChatRequest } from '../../../src/chat/index.js';
import { batchView } from '../../support/batch-views.js';
import { makePicture } from '../../support/pictures.js';
import { eventually, useTelegramBot } from './bot-harness.js';

describe('albums sent to the Telegram bot', () => {
  const test = useTelegramBot();

  it('makes one request of an album whose parts come out of order, the words in one of them', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const messages = await ada.sendAlbum(
      ada.chat,
      [
        { photo: await makePicture(101, 80) },
        { photo: await makePicture(102, 80), caption: 'as oil paintings --strength 0.4' },
        { photo: await makePicture(103, 80) },
      ],
      { deliveryOrder: [2, 0, 1] },
    );
    const reply = await test.playground.waitForMessage(ada.chat);
    expect(reply.content.text).toBe('batch: as oil paintings --strength 0.4');
    expect(test.requests).toHaveLength(1);
    const [request] = test.requests;
    expect(request?.updateKey).toBe(`album:${ada.chat.id}:${messages[0]?.mediaGroupId}`);
    expect(request?.address).toMatchObject({ replyTo: messages[0]?.id });
    expect(attachmentsOf(request).map(({ width }) => width)).toEqual([101, 102, 103]);
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    expect(test.inbox.receivedKeys()).toHaveLength(3);
  });

  it('waits for a part that takes its time', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const photos = await Promise.all([101, 102, 103].map((width) => makePicture(width, 80)));
    await ada.sendAlbum(
      ada.chat,
      photos.map((photo, at) => ({ photo, ...(at === 0 && { caption: 'in winter' }) })),
      { between: () => new Promise((resolve) => setTimeout(resolve, 500)) },
    );
    await test.playground.waitForMessage(ada.chat);
    expect(test.requests.map((request) => attachmentsOf(request).length)).toEqual([3]);
  });

  it('tells of a part that came when the album was dealt with', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const photos = await Promise.all([101, 102].map((width) => makePicture(width, 80)));
    await ada.sendAlbum(
      ada.chat,
      photos.map((photo, at) => ({ photo, ...(at === 0 && { caption: 'in winter' }) })),
      {
        between: async () => {
          await test.playground.waitForMessage(ada.chat);
        },
      },
    );
    const late = await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text?.includes('came too late') === true,
    );
    expect(late.replyTo?.from.id).toBe(ada.user.id);
    expect(test.requests).toHaveLength(1);
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });

  it('hands on a late part with the batch that it belongs to, also after a restart', async () => {
    test.answer = (request) => {
      test.albums.set(request.updateKey, batchView());
      return { kind: 'text', text: 'made', private: true };
    };
    const ada = test.playground.createUser();
    await test.bot.start();
    const photo = await makePicture(80, 80);
    const messages = await ada.sendAlbum(
      ada.chat,
      [{ photo, caption: 'in winter' }, { photo }, { photo }],
      {
        between: async (place) => {
          if (place === 1) await test.playground.waitForMessage(ada.chat);
          if (place !== 2) return;
          await eventually(() => expect(test.requests).toHaveLength(2));
          await test.bot.stop();
          await test.another().start();
        },
      },
    );
    const albumKey = `album:${ada.chat.id}:${messages[0]?.mediaGroupId}`;
    await eventually(() => expect(test.requests).toHaveLength(3));
    const [, second, third] = test.requests;
    for (const late of [second, third]) {
      expect(late?.intent).toMatchObject({ kind: 'more-images', of: albumKey });
      expect(late?.updateKey).toBe(`${albumKey}:${late?.partKeys?.[0]}`);
    }
  });

  it('asks what to make of an album without words, or of what it may belong to', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const photo = await makePicture(80, 80);
    await ada.sendAlbum(ada.chat, [{ photo }, { photo }]);
    await eventually(() => expect(test.requests).toHaveLength(1));
    const [request] = test.requests;
    expect(request?.intent).toMatchObject({
      kind: 'more-images',
      attachments: [{ width: 80 }, { width: 80 }],
    });
    expect(request?.intent).not.toHaveProperty('of');
    expect(request?.partKeys).toHaveLength(2);
  });

  it('takes an album in a group only by a command in one of its captions', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada, bot: 'administrator' });
    await test.bot.start();
    const photo = await makePicture(80, 80);
    await ada.sendAlbum(room, [{ photo, caption: 'my holidays' }, { photo }]);
    await ada.sendAlbum(room, [{ photo }, { photo, caption: '/imagine in winter' }]);
    await test.playground.waitForMessage(room);
    expect(test.requests.map(({ intent }) => intent)).toMatchObject([
      { name: 'batch', text: 'in winter' },
    ]);
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });
});

function attachmentsOf(request: ChatRequest | undefined): readonly Attachment[] {
  return request?.intent.kind === 'text-command' ? request.intent.attachments : [];
}
