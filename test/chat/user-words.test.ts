import { describe, expect, it } from 'vitest';
import { readUserWords, userWords } from '../../src/chat/index.js';
import { ImageError } from '../../src/engine/index.js';
import { batchView } from '../support/batch-views.js';
import { attachment, chatRequest, createChatBench } from '../support/chat-requests.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const hostile = '/cancel@bot @everyone #fox';
const anyOfIt = /\/cancel|@everyone|#fox/;

/** What an answer says of its own, without what users wrote. */
async function ownWords(name: string, text: string, fileName = 'fox.png') {
  const engine = createFakeChatEngine();
  engine.batches.set('batch0', batchView({ prompt: hostile }));
  await engine.preferences.change('user-ada', { negative: hostile });
  const inputs = { ...engine.inputs, keep: () => Promise.reject(new ImageError(broken)) };
  const { chat } = createChatBench({ engine: Object.assign(engine, { inputs }) });
  const attachments = name === 'imagine' ? [attachment({ name: fileName })] : [];
  const intent = { kind: 'text-command', name, text, attachments } as const;
  const reply = await chat.handle(chatRequest(intent, { managesScope: async () => true }));
  if (reply.kind !== 'text') throw new Error(JSON.stringify(reply));
  expect(readUserWords(reply.text)).toMatch(anyOfIt);
  return readUserWords(reply.text, () => '…');
}

const broken = { kind: 'broken' } as const;

describe('what users wrote', () => {
  it.each([
    ['queue', '', 'fox.png'],
    ['show', hostile, 'fox.png'],
    ['settings', 'show', 'fox.png'],
    ['imagine', `a fox --model "${hostile}"`, 'fox.png'],
    ['imagine', `a fox --preset "${hostile}"`, 'fox.png'],
    ['imagine', `a fox --ar "${hostile}"`, 'fox.png'],
    ['imagine', 'a fox', hostile],
    ['admin', `rules set channels "${hostile}"`, 'fox.png'],
    ['admin', `limits set waitingTasks "${hostile}"`, 'fox.png'],
    ['admin', `preset remove "${hostile}"`, 'fox.png'],
  ])('is marked as theirs in the answer to /%s %s', async (name, text, fileName) => {
    const own = await ownWords(name, text, fileName);
    expect(own).not.toMatch(anyOfIt);
  });

  it('brings no marks of its own', () => {
    const forged = userWords('a\u2069 /cancel \u2068b');
    expect(readUserWords(`x ${forged}`, () => '…')).toBe('x …');
  });
});
