import { describe, expect, it, vi } from 'vitest';
import { EngineError, RecordUnavailableError } from '../../src/engine/index.js';
import { batchView, imageView, taskView } from '../support/batch-views.js';
import { attachment, createChatBench, privateText } from '../support/chat-requests.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const bob = { platform: 'telegram', platformUserId: '200', name: 'Bob', locale: 'en' } as const;

const finished = batchView({
  tasks: [
    taskView({
      state: 'completed',
      run: 1,
      request: {
        operation: 'generate',
        prompt: 'a fox',
        negative: 'hands',
        model: 'sketch',
        aspect: '16:9',
        count: 2,
        seed: 7,
      },
      images: [imageView(), imageView({ id: 'img1', index: 1 })],
    }),
  ],
});

function benchWithFinished() {
  const engine = createFakeChatEngine();
  engine.batches.set(finished.id, finished);
  return createChatBench({ engine });
}

describe('buttons', () => {
  it.each(['cancel', 'retry'] as const)('%s, and the card itself answers', async (kind) => {
    const { press, engine } = benchWithFinished();
    expect(await press({ kind, batchId: 'batch0' })).toEqual({ kind: 'quiet' });
    expect(engine.calls).toEqual([[kind, 'batch0', { userId: 'user-ada', manages: false }]]);
  });

  it('delete the batch and its message', async () => {
    const { press, engine } = benchWithFinished();
    expect(await press({ kind: 'delete', batchId: 'batch0' })).toEqual({
      kind: 'delete-message',
      beside: [],
      address: { message: 1 },
    });
    expect(engine.calls).toEqual([['remove', 'batch0', { userId: 'user-ada', manages: false }]]);
  });

  it('send the originals', async () => {
    const { press } = benchWithFinished();
    expect(await press({ kind: 'originals', batchId: 'batch0' })).toEqual({
      kind: 'documents',
      batchId: 'batch0',
      imageIds: ['img0', 'img1'],
    });
  });

  it('ask for the same again with another seed', async () => {
    const { press, engine, acknowledged } = benchWithFinished();
    expect(await press({ kind: 'again', batchId: 'batch0' })).toEqual({
      kind: 'card',
      batchId: 'new1',
    });
    expect(acknowledged).toEqual([false]);
    const { seed: _seed, ...sameRequest } = finished.tasks[0]?.request ?? {};
    expect(engine.submitted).toEqual([
      expect.objectContaining({
        origin: 'again',
        parentBatchId: 'batch0',
        prompt: 'a fox',
        tasks: [sameRequest],
        update: { platform: 'telegram', key: 'update1' },
      }),
    ]);
  });

  it('enlarge one image', async () => {
    const { press, engine } = benchWithFinished();
    await press({ kind: 'upscale', imageId: 'img1' });
    expect(engine.submitted[0]).toMatchObject({ origin: 'upscale', parentBatchId: 'batch0' });
    expect(engine.submitted[0]?.tasks).toEqual([
      { operation: 'upscale', prompt: 'a fox', count: 1, inputId: 'kept-img1' },
    ]);
  });

  it('vary one image', async () => {
    const { press, engine } = benchWithFinished();
    await press({ kind: 'vary', imageId: 'img0' });
    expect(engine.submitted[0]).toMatchObject({ origin: 'vary', parentBatchId: 'batch0' });
    expect(engine.submitted[0]?.tasks).toEqual([
      {
        operation: 'vary',
        prompt: 'a fox',
        negative: 'hands',
        model: 'sketch',
        count: 2,
        inputId: 'kept-img0',
        strength: 0.6,
      },
    ]);
  });

  it.each([
    { kind: 'again', batchId: 'batch0' },
    { kind: 'originals', batchId: 'batch0' },
    { kind: 'upscale', imageId: 'img0' },
    { kind: 'vary', imageId: 'img0' },
  ] as const)('work for their owner only: $kind', async (action) => {
    const { press, engine, acknowledged } = benchWithFinished();
    expect(privateText(await press(action, { identity: bob }))).toContain("somebody else's");
    expect(engine.calls).toEqual([]);
    expect(acknowledged).toEqual([]);
  });

  it('of images that are gone say so', async () => {
    const { press } = benchWithFinished();
    const reply = await press({ kind: 'vary', imageId: 'gone' });
    expect(privateText(reply)).toBe('That image is not there any more.');
  });

  it('that nobody knows are told to be old', async () => {
    const { ask } = benchWithFinished();
    const reply = await ask({ kind: 'button', payload: 'v0:whatever' });
    expect(privateText(reply)).toContain('from an older version');
  });
});

describe('commands', () => {
  it.each([
    ['imagin', 'There is no command /imagin. Did you mean /imagine?'],
    ['xyzzy', 'There is no command /xyzzy. /help lists what there is.'],
  ])('that do not exist are told with the nearest: /%s', async (name, expected) => {
    expect(privateText(await createChatBench().write(name, ''))).toBe(expected);
  });

  it('are found within their group', async () => {
    const { write } = createChatBench();
    expect(privateText(await write('admin', 'concurency set 4'))).toContain(
      'Did you mean /admin concurrency?',
    );
    expect(privateText(await write('admin', 'concurrency'))).toContain('one of: get, set');
    expect(privateText(await write('admin', ''))).toMatch(
      /needs one more word, one of: .*\bpreset\b/,
    );
  });

  it('are declared with what menus need', () => {
    const { commands, commandGroups } = createChatBench().chat;
    const imagine = commands.find(({ path }) => path.join(' ') === 'imagine');
    expect(imagine).toMatchObject({ audience: 'everyone', platforms: ['discord', 'telegram'] });
    const option = (name: string) => imagine?.options.find((other) => other.name === name);
    expect(option('prompt')).toMatchObject({ type: 'string', required: true });
    expect(option('prompt')).not.toHaveProperty('max');
    expect(option('count')).toMatchObject({ type: 'integer', required: false, min: 1, max: 4 });
    expect(option('strength')).toMatchObject({ type: 'number', min: 0, max: 1 });
    expect(option('seed')).toMatchObject({ type: 'integer', min: 0, max: 4_294_967_295 });
    expect(option('image')).toMatchObject({ type: 'attachment', required: false });
    expect(option('private')).toMatchObject({ type: 'boolean' });
    const paths = commandGroups.map(({ path }) => path.join(' '));
    const parents = commands.flatMap(({ path }) =>
      path.slice(1).map((_, index) => path.slice(0, index + 1).join(' ')),
    );
    expect(new Set(paths)).toEqual(new Set(parents));
    expect(paths.indexOf('admin')).toBeLessThan(paths.indexOf('admin concurrency'));
  });

  it('put required options first and keep to Discord’s names and numbers', () => {
    for (const { path, options } of createChatBench().chat.commands) {
      const required = options.map((option) => option.required);
      expect(required, path.join(' ')).toEqual([...required].sort().reverse());
      expect(options.length).toBeLessThanOrEqual(25);
      for (const { name } of options) expect(name).toMatch(/^[a-z0-9_-]{1,32}$/);
    }
  });

  it('each have a group for every word before their last', () => {
    const { commands, commandGroups } = createChatBench().chat;
    const groups = new Set(commandGroups.map(({ path }) => path.join(' ')));
    for (const { path } of commands) {
      for (let length = 1; length < path.length; length++) {
        expect(groups).toContain(path.slice(0, length).join(' '));
      }
    }
  });

  it('are all in /help, with the flags', async () => {
    const { write } = createChatBench();
    const text = privateText(await write('help', ''));
    for (const word of ['/imagine', '/batch', '/queue', '/cancel', '--ar', '--seed']) {
      expect(text).toContain(word);
    }
    expect(text).toContain('/settings show|set|link|erase');
    expect(await write('start', '')).toEqual(await write('help', ''));
    // One screen.
    expect(text.split('\n').length).toBeLessThanOrEqual(25);
    expect(text).not.toContain('/admin');
  });

  it('of administration are in the /help of who manages more than a chat of their own', async () => {
    const { write } = createChatBench();
    const manages = { managesScope: async () => true };
    const text = privateText(await write('help', '', [], manages));
    expect(text).toContain('/admin concurrency|preset|pause|');
    const alone = { ...manages, scopeId: 'telegram:dm:100' };
    expect(privateText(await write('help', '', [], alone))).not.toContain('/admin');
    const admins = createChatBench({ admins: new Set(['telegram:100']) });
    expect(privateText(await admins.write('help', ''))).toContain('/admin');
  });

  it('give examples that can be sent as they stand', async () => {
    const { write, engine } = createChatBench();
    const text = privateText(await write('help', ''));
    const examples = [...text.matchAll(/^\/imagine (.*(?:--).*)$/gm)].map(
      ([, words]) => words ?? '',
    );
    expect(examples).toHaveLength(2);
    for (const words of examples) expect((await write('imagine', words)).kind).toBe('card');
    expect(engine.submitted.map(({ tasks }) => tasks.length)).toEqual([1, 2]);
  });

  it('list the models', async () => {
    const { write, engine } = createChatBench();
    expect(privateText(await write('models', ''))).toContain(
      'sketch · default · starts from images · takes a mask · 3 reference images',
    );
    engine.modelList = [];
    expect(privateText(await write('models', ''))).toContain('No image service can be reached');
  });
});

describe('what goes wrong', () => {
  it.each([
    [
      {
        kind: 'quota-exceeded',
        of: 'user',
        used: 18,
        limit: 20,
        resetsAt: new Date('2026-11-21T00:00:00Z'),
      },
      'You have asked for 18 images today; 20 a day is the most. The next day begins at Nov 21, 00:00 UTC.',
    ],
    [{ kind: 'too-many-waiting', waiting: 50, limit: 50 }, 'You have 50 tasks waiting'],
    [{ kind: 'unknown-model', model: 'x', nearest: ['flux', 'sdxl'] }, 'Did you mean flux, sdxl?'],
    [
      { kind: 'cannot', operation: 'edit', references: 0, model: 'x' },
      'The model x cannot start from an image.',
    ],
    [
      { kind: 'cannot', operation: 'upscale', references: 0, model: 'x' },
      'The model x cannot do this (upscale).',
    ],
    [{ kind: 'nothing-to-cancel', id: 'x' }, 'nothing left to cancel'],
    [{ kind: 'nothing-to-retry', id: 'x' }, 'nothing to retry'],
    [{ kind: 'images-gone', id: 'x' }, 'The images of x are not stored any more.'],
    [
      { kind: 'unknown-pool', pool: 'x', pools: ['a', 'b'] },
      'no pool called “x”. There are: a, b.',
    ],
    [{ kind: 'bad-setting', key: 'value', expected: '1 to 10' }, 'value must be 1 to 10.'],
  ] as const)('in the engine is told: $kind', async (problem, expected) => {
    const engine = createFakeChatEngine({
      submit: () => Promise.reject(new EngineError(problem)),
    });
    const reply = await createChatBench({ engine }).write('imagine', 'a fox');
    expect(privateText(reply)).toContain(expected);
  });

  it('with the record is told as busy, and that nothing was kept', async () => {
    const engine = createFakeChatEngine({
      ensureUser: () => Promise.reject(new RecordUnavailableError(new Error('away'))),
    });
    const reply = await createChatBench({ engine }).write('imagine', 'a fox');
    expect(privateText(reply)).toContain('kept nothing of this');
  });

  it('in Easel itself is an apology with an id that the log has too', async () => {
    const engine = createFakeChatEngine({ submit: () => Promise.reject(new Error('defect')) });
    const { write, logged } = createChatBench({ engine });
    expect(privateText(await write('imagine', 'a fox'))).toContain('error1');
    expect(logged).toEqual([
      expect.objectContaining({
        errorId: 'error1',
        updateKey: 'update1',
        err: expect.objectContaining({ message: 'defect' }),
      }),
    ]);
  });
});

describe('patience', () => {
  it('tells the platform that an answer is coming while an image takes its time', async () => {
    const { write, acknowledged } = createChatBench({ patienceMs: 1 });
    let resolve = (_bytes: Uint8Array): void => expect.unreachable();
    const promise = new Promise<Uint8Array>((whenFetched) => {
      resolve = whenFetched;
    });
    const reply = write('imagine', 'a fox', [attachment({ fetch: () => promise })]);
    await vi.waitFor(() => expect(acknowledged).toEqual([false]), { timeout: 30_000 });
    resolve(new Uint8Array(3));
    expect(await reply).toEqual({ kind: 'card', batchId: 'new1' });
  });

  it('keeps a card private that a flag in the prompt makes so', async () => {
    const { ask, acknowledged } = createChatBench({ patienceMs: 1 });
    let resolve = (_bytes: Uint8Array): void => expect.unreachable();
    const promise = new Promise<Uint8Array>((whenFetched) => {
      resolve = whenFetched;
    });
    const image = attachment({ fetch: () => promise });
    const options = { prompt: 'a fox --private', image };
    const reply = ask({ kind: 'command', name: 'imagine', options }, { platform: 'discord' });
    await vi.waitFor(() => expect(acknowledged).toEqual([true]), { timeout: 30_000 });
    resolve(new Uint8Array(3));
    expect((await reply).kind).toBe('card');
  });

  it('keeps the answer private where it will be', async () => {
    const engine = createFakeChatEngine();
    let resolve = (_models: []): void => expect.unreachable();
    const promise = new Promise<[]>((whenRead) => {
      resolve = whenRead;
    });
    const { write, acknowledged } = createChatBench({
      engine: Object.assign(engine, { models: () => promise }),
      patienceMs: 1,
    });
    const reply = write('models', '');
    await vi.waitFor(() => expect(acknowledged).toEqual([true]), { timeout: 30_000 });
    resolve([]);
    expect((await reply).kind).toBe('text');
  });
});
