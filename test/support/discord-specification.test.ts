import { describe, expect, it } from 'vitest';
import {
  type DiscordExchange,
  hasDiscordDocument,
  judgeDiscordEvent,
  judgeDiscordExchange,
} from './discord-specification.js';

const author = {
  id: '1',
  username: 'easel',
  avatar: null,
  discriminator: '0001',
  public_flags: 0,
  flags: 0,
  bot: true,
  global_name: null,
  primary_guild: null,
};

const message = {
  id: '3',
  type: 0,
  channel_id: '2',
  author,
  content: 'hello',
  mentions: [],
  mention_roles: [],
  mention_everyone: false,
  attachments: [],
  embeds: [],
  components: [],
  timestamp: '2026-01-01T00:00:00.000Z',
  edited_timestamp: null,
  flags: 0,
  pinned: false,
  tts: false,
};

const lawful: DiscordExchange = {
  method: 'POST',
  route: '/channels/{channel_id}/messages',
  status: 200,
  contentType: 'application/json',
  requestBody: { content: 'hello' },
  responseBody: message,
};

describe('the judge of Discord exchanges', () => {
  it('has nothing against a lawful exchange', () => {
    expect(judgeDiscordExchange(lawful)).toEqual([]);
  });

  it('names a request that the specification refuses', () => {
    const violations = judgeDiscordExchange({ ...lawful, requestBody: { content: 7 } });
    expect(violations.join('\n')).toContain('/content');
  });

  it('names an answer that the specification refuses', () => {
    const { author: _author, ...anonymous } = message;
    const violations = judgeDiscordExchange({ ...lawful, responseBody: anonymous });
    expect(violations.join('\n')).toContain('author');
  });

  it('names a refusal without its code', () => {
    const responseBody = { message: 'Missing Access' };
    const violations = judgeDiscordExchange({ ...lawful, status: 403, responseBody });
    expect(violations.join('\n')).toContain('code');
  });

  it('names a rate limit that does not say how long to wait', () => {
    const responseBody = { message: 'You are being rate limited.', code: 0, global: false };
    const violations = judgeDiscordExchange({ ...lawful, status: 429, responseBody });
    expect(violations.join('\n')).toContain('retry_after');
  });

  it('names what is wrong with an attachment of an interaction', () => {
    const attachment = {
      id: '9',
      filename: 'fox.png',
      url: 'http://cdn/9',
      proxy_url: 'http://cdn/9',
    };
    const data = { data: { resolved: { attachments: { '9': attachment } } } };
    const violations = judgeDiscordEvent({ name: 'INTERACTION_CREATE', data });
    expect(violations.join('\n')).toContain('size');
  });

  const documented = it.skipIf(!hasDiscordDocument);

  documented('knows every route of the document (needs discord-openapi.json)', () => {
    const violations = judgeDiscordExchange({ ...lawful, route: '/channels/{channel_id}/mesages' });
    expect(violations).toContain('POST /channels/{channel_id}/mesages: no such route');
  });

  documented('judges by the document too, beside the package (needs discord-openapi.json)', () => {
    const violations = judgeDiscordExchange({ ...lawful, requestBody: { content: 7 } });
    expect(violations).toHaveLength(2);
  });
});
