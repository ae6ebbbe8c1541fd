import { describe, expect, it } from 'vitest';
import { AttachmentError } from '../../../src/chat/index.js';
import { ImageError, type ImageProblem } from '../../../src/engine/index.js';
import { attachment, createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

describe('/imagine', () => {
  it('makes a batch of one task and answers with its card', async () => {
    const { engine, write, acknowledged } = createChatBench();
    const text = 'a fox --ar 32:18 --n 4 --seed 7 --no hands --model SKETCH';
    expect(await write('imagine', text)).toEqual({ kind: 'card', batchId: 'new1' });
    expect(acknowledged).toEqual([false]);
    expect(engine.submitted).toEqual([
      {
        user: expect.objectContaining({ id: 'user-ada' }),
        asAdmin: false,
        place: expect.objectContaining({ ids: ['1'] }),
        scopeId: 'telegram:1',
        origin: 'imagine',
        update: { platform: 'telegram', key: 'update1' },
        prompt: 'a fox',
        tasks: [
          {
            operation: 'generate',
            prompt: 'a fox',
            model: 'SKETCH',
            negative: 'hands',
            aspect: '16:9',
            count: 4,
            seed: 7,
          },
        ],
        private: false,
        address: { chat: 1 },
      },
    ]);
  });

  it('takes options as Discord gives them, and an explicit one beats a flag', async () => {
    const { engine, ask, acknowledged } = createChatBench();
    const options = { prompt: 'a fox --n 4 --seed 1', count: 2, private: true };
    const discord = { platform: 'discord' } as const;
    await ask({ kind: 'command', name: 'imagine', options }, discord);
    expect(engine.submitted[0]).toMatchObject({
      private: true,
      tasks: [{ prompt: 'a fox', count: 2, seed: 1 }],
    });
    expect(acknowledged).toEqual([true]);
  });

  it('starts from an image, kept before the platform is told that an answer is coming', async () => {
    const order: string[] = [];
    const engine = createFakeChatEngine();
    const { write } = createChatBench({ engine });
    const image = attachment({
      fetch: async (maxBytes) => {
        order.push(`fetch at most ${maxBytes}`);
        return new Uint8Array(3);
      },
    });
    const acknowledge = async () => void order.push('acknowledge');
    await write('imagine', 'in winter --strength 0.4', [image], { acknowledge });
    expect(order).toEqual(['fetch at most 20000000', 'acknowledge']);
    expect(engine.submitted[0]?.tasks).toEqual([
      { operation: 'edit', prompt: 'in winter', count: 1, strength: 0.4, inputId: 'input1' },
    ]);
  });

  it('with several images is a batch of one task an image', async () => {
    const { engine, write } = createChatBench();
    await write('imagine', 'in winter', [attachment(), attachment(), attachment()]);
    expect(engine.submitted[0]).toMatchObject({
      origin: 'batch',
      tasks: [{ inputId: 'input1' }, { inputId: 'input2' }, { inputId: 'input3' }],
    });
  });

  it('makes a task of each model and each choice in braces', async () => {
    const engine = createFakeChatEngine();
    const [sketch] = engine.modelList;
    if (sketch) engine.modelList.push({ ...sketch, name: 'flux', default: false });
    const { write } = createChatBench({ engine });
    await write('imagine', '{red|blue} fox --model sketch,flux');
    const { prompt, tasks } = engine.submitted[0] ?? {};
    expect(prompt).toBe('{red|blue} fox');
    expect(tasks?.map((task) => `${task.model}: ${task.prompt}`)).toEqual([
      'sketch: red fox',
      'sketch: blue fox',
      'flux: red fox',
      'flux: blue fox',
    ]);
  });
});

describe('/imagine with bad input', () => {
  const wrong: [string, string][] = [
    ['', 'Say what to make: the prompt is empty.'],
    ['--n 2', 'Say what to make: the prompt is empty.'],
    ['x'.repeat(6000), 'The prompt has 6,000 characters; 4,000 is the most.'],
    ['fox --ar 0:1', '“0:1” is not an aspect Easel can make.'],
    ['fox --ar 9:1', '“9:1” is not an aspect Easel can make.'],
    ['fox --n 0', 'Count is 0, but must be a whole number from 1 to 4.'],
    ['fox --n 99', 'Count is 99, but must be a whole number from 1 to 4.'],
    ['fox --n 1.5', 'Count is 1.5, but must be a whole number from 1 to 4.'],
    ['fox --n many', 'Count is many, but must be a whole number from 1 to 4.'],
    [
      'fox --seed 4294967296',
      'Seed is 4294967296, but must be a whole number from 0 to 4294967295.',
    ],
    ['fox --seed -1', 'Seed is -1, but must be'],
    ['fox --strength 2', 'Strength is 2, but must be between 0 and 1'],
    ['fox --strength 0.5', 'Strength 0.5 says how far to move away from an image'],
    ['fox --model skech', 'There is no model called “skech”. Did you mean sketch?'],
    ['fox --model dall-e', 'There is no model called “dall-e”. /models lists'],
    ['fox --model a,', '“a,” does not name a model.'],
    ['fox --preset anime', 'There is no preset called “anime”.'],
    ['fox --sed 7', 'There is no flag --sed. Did you mean --seed?'],
    ['{a|b|c|d|e} {1|2|3|4|5}', 'Models and choices in braces make 25 variants; 20 is the most.'],
    ['{a|b}'.repeat(64), '20 is the most.'],
  ];

  it.each(wrong)('%.60j is told by name, and nothing runs', async (text, expected) => {
    const { engine, write, acknowledged } = createChatBench();
    expect(privateText(await write('imagine', text))).toContain(expected);
    expect(engine.submitted).toEqual([]);
    expect(acknowledged).toEqual([]);
  });

  it('tells everything that is wrong at once', async () => {
    const { write } = createChatBench();
    const reply = await write('imagine', 'fox --ar 0:1 --n 99 --strength 2 --seed -1 --sed 1');
    expect(privateText(reply).split('\n')).toHaveLength(5);
  });

  it('tells it in Chinese to those who read Chinese', async () => {
    const { write } = createChatBench();
    const identity = {
      platform: 'telegram',
      platformUserId: '100',
      name: 'Ada',
      locale: 'zh-hans',
    } as const;
    const reply = await write('imagine', 'fox --n 99', [], { identity });
    expect(privateText(reply)).toBe('张数是 99，但必须是 1 到 4 的整数。');
  });

  it('refuses an image where the model takes none', async () => {
    const engine = createFakeChatEngine();
    engine.modelList = engine.modelList.map((model) => ({ ...model, canEdit: false }));
    const { write } = createChatBench({ engine });
    const reply = await write('imagine', 'fox', [attachment()]);
    expect(privateText(reply)).toContain('The model sketch cannot start from an image.');
    expect(engine.calls).toEqual([]);
  });
});

describe('/imagine with a bad image', () => {
  const problems: [ImageProblem, string][] = [
    [{ kind: 'not-an-image' }, '“plan.png” is not an image.'],
    [
      { kind: 'unsupported-type', mediaType: 'application/pdf' },
      '“plan.png” is of the type application/pdf',
    ],
    [
      { kind: 'too-many-bytes', bytes: 25_300_000, maxBytes: 20_000_000 },
      '“plan.png” has 25.3 MB; 20 MB is the most.',
    ],
    [
      { kind: 'too-many-pixels', pixels: 60_000_000, maxPixels: 50_000_000 },
      '“plan.png” has 60 million pixels; 50 million is the most.',
    ],
    [{ kind: 'broken' }, '“plan.png” is damaged or cut off'],
  ];

  it.each(problems)('says what is wrong with it: $kind', async (problem, expected) => {
    const engine = createFakeChatEngine();
    const inputs = {
      ...engine.inputs,
      keep: () => Promise.reject(new ImageError(problem)),
    };
    const bench = createChatBench({ engine: Object.assign(engine, { inputs }) });
    const reply = await bench.write('imagine', 'fox', [attachment({ name: 'plan.png' })]);
    expect(privateText(reply)).toContain(expected);
    expect(engine.submitted).toEqual([]);
    expect(bench.acknowledged).toEqual([]);
  });

  it.each([
    ['too-large', 'is too large; 20 MB is the most.'],
    ['unavailable', 'could not be fetched. Send it again.'],
    ['foreign-host', 'is not a file of this chat'],
  ] as const)('says why it cannot be fetched: %s', async (problem, expected) => {
    const { write, engine } = createChatBench();
    const fetch = () => Promise.reject(new AttachmentError('fox.png', problem));
    const reply = await write('imagine', 'fox', [attachment({ fetch })]);
    expect(privateText(reply)).toContain(`“fox.png” ${expected}`);
    expect(engine.submitted).toEqual([]);
  });

  it('does not fetch what the platform itself calls too large', async () => {
    const { write } = createChatBench();
    const fetch = () => Promise.reject(new Error('It was fetched'));
    const large = attachment({ byteLength: 21_000_000, fetch });
    expect(privateText(await write('imagine', 'fox', [large]))).toContain('has 21 MB');
    const wide = attachment({ width: 10_000, height: 6_000, fetch });
    expect(privateText(await write('imagine', 'fox', [wide]))).toContain('60 million pixels');
  });
});
