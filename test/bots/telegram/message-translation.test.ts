import type { Message } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { translateMessages } from '../../../src/bots/telegram/message-translation.js';

const bot = { id: 1, username: 'easel_bot', commands: new Set(['imagine']) };
const ada = { id: 7, type: 'private', first_name: 'Ada' } as const;
const group = { id: -1001234567890, type: 'supergroup', title: 'Foxes' } as const;
const photo = [{ file_id: 'a', file_unique_id: 'b', width: 64, height: 64 }];
const video = { file_id: 'v', file_unique_id: 'w', width: 64, height: 64, duration: 1 };

function message(parts: Partial<Message>): Message {
  return { message_id: 4711, date: 1_790_000_000, chat: ada, ...parts } as Message;
}

describe('what people send to the Telegram bot', () => {
  it('is told to be unusable where it is a video or a sticker, and never passed over in silence', () => {
    const sticker = { file_id: 's', file_unique_id: 't', type: 'regular' } as Message['sticker'];
    for (const sent of [
      message({ video, caption: 'make it snow' }),
      message({ video, caption: '/imagine make it snow', chat: group }),
      message({ sticker }),
    ]) {
      expect(translateMessages([sent], bot)).toEqual({ kind: 'unusable' });
    }
    expect(translateMessages([message({ video, caption: 'look!', chat: group })], bot)).toEqual({
      kind: 'ignored',
    });
  });

  it('is a command that works on no images, whatever it came with', () => {
    const sent = message({ video, caption: '/help' });
    expect(translateMessages([sent], bot)).toMatchObject({ kind: 'command', name: 'help' });
  });

  it('has in an album the names of its places, by which people find them', () => {
    const parts = [1, 2, 3].map((number) =>
      message({
        ...{ message_id: 100 + 2 * number, media_group_id: 'album', photo },
        ...(number === 2 && { caption: 'in winter' }),
      }),
    );
    expect(translateMessages(parts, bot)).toMatchObject({
      ...{ kind: 'command', name: 'batch', text: 'in winter' },
      files: [{ name: 'photo-1.jpg' }, { name: 'photo-2.jpg' }, { name: 'photo-3.jpg' }],
    });
  });
});
