import { describe, expect, it } from 'vitest';
import type { BatchView } from '../../../src/engine/index.js';
import { batchView, taskView } from '../../support/batch-views.js';
import { createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

const bob = {
  platform: 'telegram',
  platformUserId: '200',
  name: 'Bob',
  locale: 'en',
} as const;

function benchWith(...batches: BatchView[]) {
  const engine = createFakeChatEngine();
  for (const batch of batches) engine.batches.set(batch.id, batch);
  return createChatBench({ engine, admins: new Set(['telegram:900']) });
}

describe('/queue', () => {
  it('lists own batches with their positions', async () => {
    const { write } = benchWith(batchView(), batchView({ id: 'batch1', prompt: 'a\nbear' }));
    expect(privateText(await write('queue', ''))).toBe(
      [
        'Yours, oldest first:',
        'batch0 · queued · #3 · about 40 s · a fox',
        'batch1 · queued · #3 · about 40 s · a bear',
      ].join('\n'),
    );
  });

  it('says so when there is nothing, and shows nobody else’s', async () => {
    const { write } = benchWith(batchView());
    expect(privateText(await write('queue', '', [], { identity: bob }))).toBe(
      'Nothing of yours is waiting or running.',
    );
  });
});

describe('/cancel, /retry, /delete', () => {
  it.each([
    ['cancel', 'cancel', 'Cancelled batch0.'],
    ['retry', 'retry', 'batch0 runs again.'],
  ])('/%s asks the engine in the name of who asks', async (name, method, text) => {
    const { write, engine } = benchWith(batchView());
    expect(privateText(await write(name, 'batch0'))).toBe(text);
    expect(engine.calls).toEqual([[method, 'batch0', { userId: 'user-ada', manages: false }]]);
  });

  it('/delete removes the card too', async () => {
    const { write, engine } = benchWith(batchView());
    expect(await write('delete', 'batch0')).toEqual({
      kind: 'delete-card',
      address: { message: 1 },
      beside: [],
      text: 'Deleted batch0 with its images.',
    });
    expect(engine.calls).toEqual([['remove', 'batch0', { userId: 'user-ada', manages: false }]]);
  });

  it.each(['cancel', 'retry', 'delete', 'show'])('/%s without an id asks for it', async (name) => {
    expect(privateText(await benchWith().write(name, ''))).toContain('Which batch?');
  });

  it.each(['cancel', 'retry', 'delete', 'show'])('/%s names an unknown id', async (name) => {
    const reply = await benchWith().write(name, 'nope');
    expect(privateText(reply)).toBe('There is no batch nope any more, or there never was.');
  });

  it('take one word only', async () => {
    const reply = await benchWith(batchView()).write('cancel', 'batch0 and more');
    expect(privateText(reply)).toBe('“and more” is more than this command takes.');
  });

  it('let those who manage the scope act on its batches, but not on those of another', async () => {
    const elsewhere = batchView({ id: 'batch1', scopeId: 'telegram:2' });
    const { write, engine } = benchWith(batchView(), elsewhere);
    const manager = { identity: bob, managesScope: async () => true };
    await write('cancel', 'batch0', [], manager);
    await write('cancel', 'batch1', [], manager);
    expect(engine.calls).toEqual([
      ['cancel', 'batch0', { userId: 'user-bob', manages: true }],
      ['cancel', 'batch1', { userId: 'user-bob', manages: false }],
    ]);
  });

  it('let administrators act everywhere', async () => {
    const { write, engine } = benchWith(batchView());
    const identity = { ...bob, platformUserId: '900' };
    await write('cancel', 'batch0', [], { identity, scopeId: 'telegram:dm:900' });
    expect(engine.calls).toEqual([['cancel', 'batch0', { userId: 'user-bob', manages: true }]]);
  });
});

describe('/show', () => {
  const failure = { kind: 'moderated', text: null, billed: 'no' } as const;
  const failed = batchView({ tasks: [taskView({ state: 'failed', run: 1, failure })] });

  it('says what became of a batch', async () => {
    const { write } = benchWith(failed);
    expect(privateText(await write('show', 'batch0'))).toMatch(/^batch0 · a fox\n⚠️ The image/);
  });

  it('does not show it to others', async () => {
    const { write } = benchWith(failed);
    expect(privateText(await write('show', 'batch0', [], { identity: bob }))).toContain(
      'That is somebody else',
    );
  });
});
