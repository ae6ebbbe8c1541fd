import { describe, expect, it } from 'vitest';
import { encodeButton } from '../../src/chat/index.js';
import type { BatchView } from '../../src/engine/index.js';
import { batchView, imageView, taskView } from '../support/batch-views.js';
import { type ChatBench, createChatBench, privateText } from '../support/chat-requests.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const bob = {
  platform: 'telegram',
  platformUserId: '200',
  name: 'Bob',
  locale: 'en',
} as const;

const done = batchView({
  prompt: 'a {red|blue} fox',
  tasks: ['red', 'blue'].map((colour) =>
    taskView({
      id: colour,
      state: 'completed',
      images: [imageView({ id: `img-${colour}` })],
      request: {
        operation: 'edit',
        prompt: `a ${colour} fox`,
        count: 2,
        negative: 'hands',
        model: 'sketch',
        aspect: '3:2',
        seed: 7,
        inputId: 'input0',
        strength: 0.4,
      },
    }),
  ),
});

function benchWith(batch: BatchView): ChatBench {
  const engine = createFakeChatEngine();
  engine.batches.set(batch.id, batch);
  return createChatBench({ engine });
}

const promptPayload = encodeButton({ kind: 'edit-prompt', batchId: 'batch0' });
const imagePayload = encodeButton({ kind: 'edit-image', imageId: 'img-red' });

describe('✏️', () => {
  it('asks for a prompt, with the present one in the field, before anything else is said', async () => {
    const { press, acknowledged } = benchWith(done);
    const reply = await press({ kind: 'edit-prompt', batchId: 'batch0' });
    expect(reply).toMatchObject({
      kind: 'form',
      form: {
        title: 'New prompt',
        fields: [{ kind: 'text', name: 'prompt', value: 'a {red|blue} fox', required: true }],
      },
    });
    expect(acknowledged).toEqual([]);
  });

  it('makes a batch of the new prompt with all else as it was, but the seed', async () => {
    const { ask, engine } = benchWith(done);
    const answers = { prompt: 'a green fox' };
    const reply = await ask({ kind: 'button', payload: promptPayload, answers });
    expect(reply).toEqual({ kind: 'card', batchId: 'new1' });
    expect(engine.submitted).toEqual([
      expect.objectContaining({
        origin: 'edit',
        parentBatchId: 'batch0',
        prompt: 'a green fox',
        tasks: [
          {
            operation: 'edit',
            prompt: 'a green fox',
            count: 2,
            negative: 'hands',
            model: 'sketch',
            aspect: '3:2',
            inputId: 'input0',
            strength: 0.4,
          },
        ],
      }),
    ]);
  });

  it('lets flags change what they name', async () => {
    const { ask, engine } = benchWith(done);
    const text = 'a {green|grey} fox --n 1 --seed 9 --no feet';
    await ask({ kind: 'button', payload: promptPayload, answers: { prompt: text } });
    const [submitted] = engine.submitted;
    expect(submitted?.tasks.map(({ prompt }) => prompt)).toEqual(['a green fox', 'a grey fox']);
    expect(submitted?.tasks[0]).toMatchObject({ count: 1, seed: 9, negative: 'feet' });
  });

  it.each(['', '--n 9', 'a fox --flavour mint', 'a fox --model none'])(
    'refuses %j, and nothing runs',
    async (text) => {
      const { ask, engine } = benchWith(done);
      privateText(await ask({ kind: 'button', payload: promptPayload, answers: { prompt: text } }));
      expect(engine.submitted).toEqual([]);
    },
  );

  it.each(['press', 'answer'])('is its owner’s alone: a %s of others is refused', async (act) => {
    const { ask, press, engine } = benchWith(done);
    const reply =
      act === 'press'
        ? await press({ kind: 'edit-prompt', batchId: 'batch0' }, { identity: bob })
        : await ask(
            { kind: 'button', payload: promptPayload, answers: { prompt: 'x' } },
            { identity: bob },
          );
    expect(privateText(reply)).toContain('That is somebody else');
    expect(engine.submitted).toEqual([]);
  });
});

describe('Edit', () => {
  it('asks for the prompt of one image, and changes that image', async () => {
    const { ask, press, engine } = benchWith(done);
    const reply = await press({ kind: 'edit-image', imageId: 'img-red' });
    expect(reply).toMatchObject({ kind: 'form', form: { title: 'Change this image' } });
    await ask({ kind: 'button', payload: imagePayload, answers: { prompt: 'in a forest' } });
    expect(engine.submitted[0]).toMatchObject({ origin: 'edit', parentBatchId: 'batch0' });
    expect(engine.submitted[0]?.tasks).toEqual([
      {
        operation: 'edit',
        prompt: 'in a forest',
        count: 2,
        negative: 'hands',
        model: 'sketch',
        inputId: 'kept-img-red',
      },
    ]);
  });

  it('says so where the image is gone', async () => {
    const reply = await benchWith(done).press({ kind: 'edit-image', imageId: 'nope' });
    expect(privateText(reply)).toContain('not there any more');
  });
});
