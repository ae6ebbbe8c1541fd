import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/chat/index.js';
import type { BatchView } from '../../../src/engine/index.js';
import { batchView, taskView } from '../../support/batch-views.js';
import { attachment, createChatBench, privateText } from '../../support/chat-requests.js';
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

  it('keeps the words of private ones from a group, where others read the answer', async () => {
    const { write } = benchWith(batchView({ private: true }));
    const line = 'batch0 · queued · #3 · about 40 s';
    expect(privateText(await write('queue', ''))).toContain(`${line} · (private)`);
    const alone = await write('queue', '', [], { scopeId: 'telegram:dm:100' });
    expect(privateText(alone)).toContain(`${line} · a fox`);
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

  const names = ['cancel', 'retry', 'delete', 'show'];

  it.each(names)('/%s without an id asks for it, and names one’s own', async (name) => {
    expect(privateText(await benchWith().write(name, ''))).toContain('You have none yet');
    const { write } = benchWith(batchView({ id: 'old' }), batchView({ id: 'new' }));
    expect(privateText(await write(name, ''))).toContain('Your latest: new, old.');
    expect(privateText(await write(name, '', [], { identity: bob }))).toContain('none yet');
  });

  it.each(names)('/%s with an unknown id names the nearest of one’s own', async (name) => {
    expect(privateText(await benchWith().write(name, 'nope'))).toBe(
      'There is no batch nope any more, or there never was.',
    );
    const { write } = benchWith(batchView({ id: 'kfx7wq' }), batchView({ id: 'm2n3p4' }));
    expect(privateText(await write(name, 'kfx7wp'))).toContain('Did you mean kfx7wq?');
    expect(privateText(await write(name, 'nope'))).toContain('Your latest: m2n3p4, kfx7wq.');
    expect(privateText(await write(name, 'kfx7wp', [], { identity: bob }))).not.toContain('kfx7wq');
  });

  it.each(['cancel', 'retry', 'delete'])('/%s takes the id of one task', async (name) => {
    const batch = batchView({ tasks: [taskView({ id: 'one' }), taskView({ id: 'two' })] });
    const { write, engine } = benchWith(batch);
    const reply = await write(name, 'two');
    expect(privateText(reply)).toContain('two');
    expect(engine.calls[0]?.slice(1)).toEqual(['two', { userId: 'user-ada', manages: false }]);
  });

  it.each(['cancel', 'retry'])('/%s means the card that it answers', async (name) => {
    const found = { messageId: 7 };
    const engine = createFakeChatEngine();
    engine.batches.set('batch0', batchView());
    const findByAddress = async (platform: string, part: object) =>
      platform === 'telegram' && 'messageId' in part ? 'batch0' : undefined;
    const { write } = createChatBench({
      engine: { ...engine, cards: { ...engine.cards, findByAddress } },
    });
    const repliesTo = { ...found, chatId: 1 };
    expect(privateText(await write(name, '', [], { repliesTo }))).toContain('batch0');
    expect(engine.calls[0]?.[1]).toBe('batch0');
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

  function shownPanel(reply: Reply) {
    if (reply.kind !== 'panel' || !reply.private) throw new Error('not a private panel');
    return reply.panel;
  }

  it('says what became of a batch, and what to type for the same once more', async () => {
    const { write } = benchWith(failed);
    const panel = shownPanel(await write('show', 'batch0'));
    expect(panel.text).toMatch(/^batch0 · .*\n⚠️ The image/);
    expect(panel.code).toBe('/imagine a fox --n 1 --seed 7');
  });

  it('names all parameters, so that they make the same', async () => {
    const request = {
      operation: 'edit',
      prompt: 'a red fox, 4k',
      count: 3,
      aspect: '3:2',
      model: 'big model',
      negative: 'hands, feet',
      strength: 0.4,
      inputId: 'input0',
      preset: { name: 'sharp', scopeId: 'global', version: 2 },
    } as const;
    const tasks = [taskView({ request, seed: 9, state: 'failed' })];
    const { write } = benchWith(batchView({ prompt: 'a {red|blue} fox', tasks }));
    const panel = shownPanel(await write('show', 'batch0'));
    expect(panel.code).toBe(
      '/imagine a {red|blue} fox --ar 3:2 --n 3 --seed 9 --model "big model" --preset sharp ' +
        '--strength 0.4 --no "hands, feet"',
    );
    expect(panel.text).toContain('with the same images');
  });

  it('names /batch for the same of several images, however the batch came about', async () => {
    const tasks = ['input0', 'input1'].map((inputId) =>
      taskView({ request: { operation: 'edit', prompt: 'in oil', count: 1, inputId } }),
    );
    const { write } = benchWith(batchView({ origin: 'again', prompt: 'in oil', tasks }));
    expect(shownPanel(await write('show', 'batch0')).code).toMatch(/^\/batch in oil /);
  });

  it('lists the tasks of a batch by their ids', async () => {
    const tasks = [taskView({ id: 'one' }), taskView({ id: 'two', ordinal: 1, state: 'failed' })];
    const panel = shownPanel(await benchWith(batchView({ tasks })).write('show', 'batch0'));
    expect(panel.text).toContain('1 · one · queued · a fox\n2 · two · failed · a fox');
  });

  it('finds the batch of an image that it came with', async () => {
    const engine = createFakeChatEngine();
    engine.batches.set('batch0', failed);
    const asked = { ...engine, batchOfFile: async () => failed };
    const { write } = createChatBench({ engine: asked });
    expect(shownPanel(await write('show', '', [attachment()])).text).toContain('batch0');
    const other = createChatBench({ engine: { ...engine, batchOfFile: async () => undefined } });
    expect(privateText(await other.write('show', '', [attachment()]))).toContain('does not say');
  });

  it('shows what is private to its owner alone, and only where nobody reads along', async () => {
    const secret = batchView({ ...failed, private: true });
    const { write, press } = benchWith(secret);
    expect(privateText(await write('show', 'batch0'))).toContain('others read along here');
    const direct = { scopeId: 'telegram:dm:100' };
    expect(shownPanel(await write('show', 'batch0', [], direct)).text).toContain('batch0');
    const manager = { identity: bob, managesScope: async () => true };
    expect(privateText(await write('show', 'batch0', [], manager))).toContain("somebody else's");
    const originals = { kind: 'originals', batchId: 'batch0' } as const;
    expect(privateText(await press(originals, manager))).toContain("somebody else's");
    expect(privateText(await write('cancel', 'batch0', [], manager))).toContain('Cancelled');
  });

  it('does not show it to others', async () => {
    const { write } = benchWith(failed);
    expect(privateText(await write('show', 'batch0', [], { identity: bob }))).toContain(
      'That is somebody else',
    );
  });
});
