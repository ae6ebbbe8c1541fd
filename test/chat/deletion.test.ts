import { describe, expect, it } from 'vitest';
import { batchView, imageView, taskView } from '../support/batch-views.js';
import { createChatBench, privateText } from '../support/chat-requests.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const actor = { userId: 'user-ada', manages: false };
const done = batchView({
  tasks: [taskView({ state: 'completed', run: 1, images: [imageView()] })],
});
const running = batchView({ id: 'batch1', tasks: [taskView({ state: 'processing', run: 1 })] });
const removal = { kind: 'delete-message', beside: [], address: { message: 1 } };

async function benchOf(setting?: 'message' | 'images') {
  const engine = createFakeChatEngine();
  for (const batch of [done, running]) engine.batches.set(batch.id, batch);
  const bench = createChatBench({ engine });
  if (setting) await bench.write('settings', `set delete ${setting}`);
  engine.calls.length = 0;
  return bench;
}

describe('Delete', () => {
  it.each([undefined, 'images'] as const)(
    'takes the message and the stored images where the setting is %s',
    async (setting) => {
      const { press, engine } = await benchOf(setting);
      expect(await press({ kind: 'delete', batchId: 'batch0' })).toEqual(removal);
      expect(engine.calls).toEqual([['remove', 'batch0', actor]]);
    },
  );

  it('takes the message alone where one has set so, and the card does not come back', async () => {
    const { press, engine } = await benchOf('message');
    expect(await press({ kind: 'delete', batchId: 'batch0' })).toEqual(removal);
    expect(engine.calls).toEqual([['cards.undeliverable', 'batch0']]);
  });

  it('never leaves something running that nobody sees', async () => {
    const { press, engine } = await benchOf('message');
    await press({ kind: 'delete', batchId: 'batch1' });
    expect(engine.calls).toEqual([
      ['cancel', 'batch1', actor],
      ['cards.undeliverable', 'batch1'],
    ]);
  });

  it('is refused to others, whatever they have set', async () => {
    const { press, write, engine } = await benchOf('message');
    const bob = { platform: 'telegram', platformUserId: '200', name: 'Bob', locale: 'en' } as const;
    const reply = await press({ kind: 'delete', batchId: 'batch0' }, { identity: bob });
    expect(privateText(reply)).toContain("somebody else's");
    expect(engine.calls).toEqual([]);
    await write('delete', 'batch0');
    expect(engine.calls).toEqual([['remove', 'batch0', actor]]);
  });

  it('is set by a word that is checked', async () => {
    const { write } = await benchOf();
    expect(privateText(await write('settings', 'set delete everything'))).toContain(
      'neither message nor images',
    );
    expect(privateText(await write('settings', 'set delete message'))).toContain(
      'delete: the message alone',
    );
  });
});
