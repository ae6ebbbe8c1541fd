import { describe, expect, it } from 'vitest';
import type { DiscordAddress } from '../../../src/bots/discord/address.js';
import { isOnlyWay } from '../../../src/bots/discord/card-route.js';

const nowMs = 1_000_000;
const card: DiscordAddress = {
  channelId: '1',
  guildId: '2',
  applicationId: '3',
  userId: '4',
  interactionId: '5',
  token: 'token',
  tokenExpiresAt: nowMs + 1000,
  ephemeral: true,
  channelReachable: true,
  messageId: '6',
  replyTo: null,
  attachmentLimitBytes: 10,
  locale: 'en-US',
  resends: 0,
  parked: false,
};
const list: DiscordAddress = { ...card, interactionId: '7', messageId: '8' };

describe('a press on a message for one pair of eyes', () => {
  it('is the only way to the private card that it sits on', () => {
    expect(isOnlyWay({ ...list, messageId: '6' }, card, nowMs)).toBe(true);
  });

  it('is no way to a card that the bot reaches by itself, whatever list has its buttons', () => {
    expect(isOnlyWay(list, { ...card, ephemeral: false }, nowMs)).toBe(false);
  });

  it('leaves another private card where it is, until its time is over', () => {
    expect(isOnlyWay(list, card, nowMs)).toBe(false);
    expect(isOnlyWay(list, card, nowMs + 1000)).toBe(true);
    expect(isOnlyWay(list, { ...card, channelReachable: false, token: null }, nowMs)).toBe(true);
  });
});
