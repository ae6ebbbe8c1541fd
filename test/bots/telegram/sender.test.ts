import type { Message } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { translateMessages } from '../../../src/bots/telegram/message-translation.js';
import { scopeIdOf, senderOf, threadIdOf } from '../../../src/bots/telegram/sender.js';

const group = { id: -1001234567890, type: 'supergroup', title: 'Foxes' } as const;
const channel = { id: -1009876543210, type: 'channel', title: 'News' } as const;

function message(parts: Partial<Message>): Message {
  return { message_id: 1, date: 1_790_000_000, chat: group, ...parts } as Message;
}

describe('who speaks to the Telegram bot', () => {
  it('is a person by all of their name, else by their user name', () => {
    const from = { id: 7, is_bot: false, first_name: 'Ada', last_name: 'Lovelace' };
    expect(senderOf(message({ from }))?.identity).toEqual({
      platform: 'telegram',
      platformUserId: '7',
      name: 'Ada Lovelace',
      locale: 'en',
    });
    const nameless = { id: 8, is_bot: false, first_name: '', username: 'eve', language_code: 'de' };
    expect(senderOf(message({ from: nameless }))?.identity).toMatchObject({
      name: 'eve',
      locale: 'de',
    });
  });

  it('is the group itself when an administrator writes anonymously', () => {
    const from = { id: 1087968824, is_bot: true, first_name: 'Group' };
    expect(senderOf(message({ from, sender_chat: group }))).toMatchObject({
      identity: { platformUserId: '1001234567890', name: 'Foxes' },
      userId: null,
      isAnonymousAdmin: true,
    });
  });

  it('is a channel when somebody writes in its name, without a right over the group', () => {
    const from = { id: 136817688, is_bot: true, first_name: 'Channel' };
    expect(senderOf(message({ from, sender_chat: channel }))).toMatchObject({
      identity: { platformUserId: '1009876543210', name: 'News' },
      isAnonymousAdmin: false,
    });
  });

  it('is nobody when another bot writes', () => {
    expect(senderOf(message({ from: { id: 9, is_bot: true, first_name: 'Bot' } }))).toBeUndefined();
  });

  it('asks for nothing with what a linked channel forwards by itself', () => {
    const forwarded = message({ text: '/imagine a fox', is_automatic_forward: true });
    const bot = { id: 1, username: 'easel_bot', commands: new Set(['imagine']) };
    expect(translateMessages([forwarded], bot)).toEqual({ kind: 'ignored' });
  });

  it('is in a scope of its own in each chat', () => {
    expect(scopeIdOf(group)).toBe('telegram:-1001234567890');
    expect(scopeIdOf({ id: 7, type: 'private' })).toBe('telegram:dm:7');
  });

  it('is in a topic only where there are topics', () => {
    expect(threadIdOf(message({ message_thread_id: 5, is_topic_message: true }))).toBe(5);
    expect(threadIdOf(message({ message_thread_id: 5 }))).toBeNull();
  });
});
