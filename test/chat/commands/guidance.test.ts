import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../../src/chat/index.js';
import type { ModelInfo } from '../../../src/engine/index.js';
import { attachment, createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

function benchWith(...models: Partial<ModelInfo>[]) {
  const engine = createFakeChatEngine();
  const [sketch] = engine.modelList;
  if (sketch) {
    engine.modelList = models.map((model, at) => ({ ...sketch, default: at === 0, ...model }));
  }
  return createChatBench({ engine });
}

const command = (options: Record<string, string | number | Attachment>) =>
  ({ kind: 'command', name: 'imagine', options: { prompt: 'a fox', ...options } }) as const;
const image = attachment({ name: 'image.png', fetch: async () => new Uint8Array(1) });
const mask = attachment({ name: 'mask.png', fetch: async () => new Uint8Array(2) });
const reference = attachment({ name: 'reference.png', fetch: async () => new Uint8Array(4) });

describe('/imagine with a mask and references', () => {
  it('paints in where the mask says', async () => {
    const { engine, ask } = benchWith({});
    await ask(command({ image, mask, strength: 0.8 }));
    expect(engine.submitted[0]?.tasks).toEqual([
      {
        operation: 'inpaint',
        prompt: 'a fox',
        count: 1,
        strength: 0.8,
        inputId: 'input1',
        maskId: 'input2',
      },
    ]);
  });

  it('hands on references in their order, with an image and without', async () => {
    const { engine, ask } = benchWith({});
    await ask(command({ reference1: reference, reference3: image }));
    await ask(command({ image, reference2: reference, mask }));
    const tasks = engine.submitted.flatMap((submitted) => submitted.tasks);
    expect(tasks).toEqual([
      {
        operation: 'generate',
        prompt: 'a fox',
        count: 1,
        referenceIds: ['input1', 'input2'],
      },
      {
        operation: 'inpaint',
        prompt: 'a fox',
        count: 1,
        inputId: 'input3',
        referenceIds: ['input4'],
        maskId: 'input5',
      },
    ]);
  });

  it('refuses a mask without an image', async () => {
    const { engine, ask } = benchWith({});
    expect(privateText(await ask(command({ mask })))).toContain('but there is no image');
    expect(engine.calls).toEqual([]);
  });

  it('refuses a mask of another shape, with both sizes', async () => {
    const { engine, ask, acknowledged } = benchWith({});
    const keep = engine.inputs.keep;
    const inputs = {
      ...engine.inputs,
      keep: async (bytes: Uint8Array) => {
        const kept = await keep(bytes);
        return bytes.byteLength === 2 ? { ...kept, width: 16 } : kept;
      },
    };
    Object.assign(engine, { inputs });
    const text = privateText(await ask(command({ image, mask })));
    expect(text).toContain('The mask (16×8 pixels) has another shape than the image (8×8).');
    expect(engine.submitted).toEqual([]);
    expect(acknowledged).toEqual([]);
  });

  const plain = { name: 'plain', canEdit: false, canInpaint: false, references: 0 };
  const refusals: [string, Record<string, string | Attachment>, Partial<ModelInfo>[], string][] = [
    [
      'a mask',
      { image, mask, model: 'plain' },
      [plain, { name: 'flux' }],
      'The model plain takes no mask. These can: flux.',
    ],
    ['an image', { image }, [plain], 'The model plain cannot start from an image. None of'],
    [
      'references',
      { reference1: reference, model: 'plain' },
      [plain, { name: 'flux' }, { name: 'sdxl' }],
      'The model plain takes no reference images. These can: flux, sdxl.',
    ],
    [
      'more references than it takes',
      { reference1: reference, reference2: reference },
      [{ name: 'flux', references: 1 }],
      'The model flux takes 1 reference image at most, but 2 came. None of the models here can.',
    ],
  ];

  it.each(refusals)(
    'refuses %s where the model takes none',
    async (_, options, models, expected) => {
      const { engine, ask } = benchWith(...models);
      expect(privateText(await ask(command(options)))).toContain(expected);
      expect(engine.calls).toEqual([]);
    },
  );

  it('lets another model have it where none was asked for', async () => {
    const { engine, ask } = benchWith(plain, { name: 'flux' });
    await ask(command({ image, mask }));
    expect(engine.submitted[0]?.tasks[0]).not.toHaveProperty('model');
  });
});
