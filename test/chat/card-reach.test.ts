import { describe, expect, it } from 'vitest';
import type { CardAddress } from '../../src/engine/index.js';
import { batchView, taskView } from '../support/batch-views.js';
import { createChatBench, privateText } from '../support/chat-requests.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const actor = { userId: 'user-ada', manages: false };
const failed = batchView({ tasks: [taskView({ state: 'failed', run: 1 })] });

/** Ada has pressed a button on a message that can be edited by the press alone. */
function benchWith(batch = failed) {
  const engine = createFakeChatEngine();
  engine.batches.set(batch.id, batch);
  const bench = createChatBench({ engine });
  const asked: CardAddress[] = [];
  const pressedOn = (address: CardAddress, isOnlyWay: boolean) => ({
    pressedCard: {
      address,
      isOnlyWayTo: (present: CardAddress) => {
        asked.push(present);
        return isOnlyWay;
      },
    },
  });
  return { ...bench, asked, pressedOn };
}

describe('a press on a message that only its own time opens', () => {
  it('takes the card there where nothing else leads to it', async () => {
    const { press, engine, pressedOn, acknowledged, asked } = benchWith();
    await press({ kind: 'retry', batchId: 'batch0' }, pressedOn({ pressed: 1 }, true));
    expect(asked).toEqual([{ message: 1 }]);
    expect(acknowledged).toEqual([true]);
    expect(engine.calls).toEqual([
      ['retry', 'batch0', actor],
      ['cards.readdress', 'batch0', 'telegram', { pressed: 1 }],
    ]);
  });

  it('leaves a card alone that stands well elsewhere, as where a list has the button', async () => {
    const { press, engine, pressedOn } = benchWith();
    await press({ kind: 'retry', batchId: 'batch0' }, pressedOn({ pressed: 1 }, false));
    expect(engine.calls).toEqual([['retry', 'batch0', actor]]);
  });

  it('leaves the card of another platform alone, for who has joined accounts', async () => {
    const { press, engine, pressedOn, asked } = benchWith();
    await press(
      { kind: 'cancel', batchId: 'batch0' },
      {
        platform: 'discord',
        identity: { platform: 'discord', platformUserId: '7', name: 'Ada', locale: 'en' },
        ...pressedOn({ pressed: 1 }, true),
      },
    );
    expect(engine.calls).toEqual([['cancel', 'batch0', actor]]);
    expect(asked).toEqual([]);
  });
});

describe('a batch that runs again and has no card in the chat any more', () => {
  it('gets it back where the retry was asked for', async () => {
    const { write, engine } = benchWith();
    engine.lostCards.add('batch0');
    expect(await write('retry', 'batch0')).toEqual({
      ...{ kind: 'card', batchId: 'batch0' },
      ...{ isElsewhere: false, isRevived: true },
    });
    expect(engine.calls).toEqual([
      ['retry', 'batch0', actor],
      ['cards.readdress', 'batch0', 'telegram', { chat: 1 }],
    ]);
  });

  it('gets it back by a button too', async () => {
    const { press, engine } = benchWith();
    engine.lostCards.add('batch0');
    expect(await press({ kind: 'retry', batchId: 'batch0' })).toEqual({ kind: 'quiet' });
    expect(engine.calls).toContainEqual(['cards.readdress', 'batch0', 'telegram', { chat: 1 }]);
  });

  it('gets it back for its owner’s eyes alone where it is private', async () => {
    const { write, press, engine, pressedOn, acknowledged } = benchWith({
      ...failed,
      private: true,
    });
    engine.lostCards.add('batch0');
    const privateAddress = async () => ({ address: { chat: 100 } });
    expect(await write('retry', 'batch0', [], { privateAddress })).toMatchObject({
      kind: 'card',
      isElsewhere: true,
    });
    await press({ kind: 'retry', batchId: 'batch0' }, pressedOn({ pressed: 1 }, false));
    const addresses = engine.calls
      .filter(([name]) => name === 'cards.readdress')
      .map((call) => call.at(-1));
    expect(addresses).toEqual([{ chat: 100 }, { pressed: 1 }]);
    expect(acknowledged).toEqual([true, true]);
  });

  it('is refused before it runs where its owner’s private chat is closed', async () => {
    const { write, engine } = benchWith({ ...failed, private: true });
    engine.lostCards.add('batch0');
    const privateAddress = async () => ({ startLink: 'https://t.me/easel?start=private' });
    const closed = await write('retry', 'batch0', [], { privateAddress });
    expect(privateText(closed)).toContain('https://t.me/easel?start=private');
    expect(privateText(await write('retry', 'batch0'))).toContain('in your own name');
    expect(engine.calls).toEqual([]);
  });

  it('stays with its owner where it is private, whoever manages the chat', async () => {
    const { write, press, engine } = benchWith({ ...failed, private: true });
    engine.lostCards.add('batch0');
    const manager = {
      identity: { platform: 'telegram', platformUserId: '200', name: 'Bob', locale: 'en' },
      managesScope: async () => true,
    } as const;
    const answers = [
      await write('retry', 'batch0', [], manager),
      await press({ kind: 'retry', batchId: 'batch0' }, manager),
    ];
    for (const answer of answers) expect(privateText(answer)).toContain('somebody else');
    expect(engine.calls).toEqual([]);
  });

  it('is told of where its card cannot be brought', async () => {
    const { press, engine } = benchWith();
    engine.lostCards.add('batch0');
    engine.cards.readdress = async () => false;
    const told = await press({ kind: 'retry', batchId: 'batch0' });
    expect(privateText(told)).toBe('batch0 runs again.');
  });
});
