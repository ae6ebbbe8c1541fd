import { describe, expect, it } from 'vitest';
import {
  type ButtonAction,
  decodeButton,
  encodeButton,
  maxPayloadBytes,
} from '../../src/chat/buttons.js';

const longestId = 'Az09_-'.repeat(4);
const batchKinds = [
  'cancel',
  'retry',
  'delete',
  'again',
  'originals',
  'edit-prompt',
  'zip',
  'send-again',
  'fetch',
  'show',
  'share',
  'pick-image',
] as const;
const imageKinds = ['upscale', 'vary', 'edit-image'] as const;
const actions: ButtonAction[] = [
  ...batchKinds.map((kind) => ({ kind, batchId: longestId })),
  ...imageKinds.map((kind) => ({ kind, imageId: longestId })),
  { kind: 'erase', userId: longestId },
  { kind: 'history', userId: longestId, page: 123_456, filter: 'a.b\n中文' },
];

describe('button payloads', () => {
  it.each(actions)('come back as they were: $kind', (action) => {
    expect(decodeButton(encodeButton(action))).toEqual(action);
  });

  it.each(actions)('fit into what Telegram takes: $kind', (action) => {
    expect(Buffer.byteLength(encodeButton(action))).toBeLessThanOrEqual(maxPayloadBytes);
  });

  it('are different for every action', () => {
    expect(new Set(actions.map(encodeButton)).size).toBe(actions.length);
  });

  it.each([
    '',
    'e1',
    'e1.c',
    'e1.c.',
    'e1.q.abc',
    'e0.c.abc',
    'e1.c.a b',
    `e1.c.${'x'.repeat(25)}`,
  ])('that Easel did not write are not read: %j', (payload) => {
    expect(decodeButton(payload)).toBeUndefined();
  });

  it.each(['', 'a.b', 'ä', 'x'.repeat(25)])('are not made for the id %j', (batchId) => {
    expect(() => encodeButton({ kind: 'cancel', batchId })).toThrow();
  });
});
