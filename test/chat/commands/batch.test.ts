import { describe, expect, it } from 'vitest';
import { AttachmentError, type Intent } from '../../../src/chat/index.js';
import { type ArchiveEntry, ArchiveError, ImageError } from '../../../src/engine/index.js';
import { attachment, createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

const images = (count: number) => Array.from({ length: count }, () => attachment());

const unavailable = (name: string) =>
  attachment({ name, fetch: () => Promise.reject(new AttachmentError(name, 'unavailable')) });

const zip = attachment({ name: 'holidays.zip' });

/** An engine whose every zip holds this. */
function engineWithZip(entries: readonly ArchiveEntry[]) {
  const engine = createFakeChatEngine();
  const inputs = {
    ...engine.inputs,
    readArchive: async <T>(
      fetch: () => Promise<Uint8Array>,
      use: (found: readonly ArchiveEntry[]) => Promise<T>,
    ) => {
      await fetch();
      return use(entries);
    },
  };
  return Object.assign(engine, { inputs });
}

const entry = (name: string, problem?: ImageError['problem']): ArchiveEntry => ({
  name,
  read: async () => {
    if (problem) throw new ImageError(problem);
    return new Uint8Array(5);
  },
});

describe('/batch', () => {
  it('asks for images where there are none', async () => {
    const { write } = createChatBench();
    expect(privateText(await write('batch', 'fox'))).toContain('Add the images to change');
  });

  it('makes at most a hundred tasks, and says how many they would be', async () => {
    const { write, engine } = createChatBench();
    const reply = await write('batch', '{a|b|c|d|e|f|g|h|i|j|k} fox', images(10));
    expect(privateText(reply)).toContain('make 110 tasks; 100 is the most');
    expect(engine.calls).toEqual([]);
  });

  it('needs a prompt or a preset', async () => {
    const { write, engine } = createChatBench();
    engine.presetList = [
      { name: 'anime', scopeId: 'global', version: 1, prompt: '{prompt}, anime, cel shading' },
    ];
    expect(privateText(await write('batch', '', images(2)))).toContain('or name a preset');
    await write('batch', '--preset anime', images(2));
    const prompts = engine.submitted[0]?.tasks.map(({ prompt }) => prompt);
    expect(prompts).toEqual(['anime, cel shading', 'anime, cel shading']);
  });
});

describe('a batch with some bad images', () => {
  it('runs the good ones and notes the others, by name and reason', async () => {
    const { write, engine } = createChatBench();
    const some = [attachment(), unavailable('2.png'), attachment(), unavailable('4.png')];
    expect(await write('batch', 'fox', some)).toMatchObject({ kind: 'card' });
    const [submitted] = engine.submitted;
    expect(submitted?.tasks).toHaveLength(2);
    expect(submitted?.notes).toEqual([
      { kind: 'image-left-out', name: '2.png', problem: { kind: 'unavailable' } },
      { kind: 'image-left-out', name: '4.png', problem: { kind: 'unavailable' } },
    ]);
  });

  it('runs nothing where all are bad, and names them', async () => {
    const { write, engine } = createChatBench();
    const some = Array.from({ length: 20 }, (_, index) => unavailable(`${index + 1}.png`));
    const lines = privateText(await write('batch', 'fox', some)).split('\n');
    expect(lines[0]).toBe('“1.png” could not be fetched. Send it again.');
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toBe('… and 8 more');
    expect(engine.submitted).toEqual([]);
  });

  it('asks a file server twice before an image is left out', async () => {
    const { write, engine } = createChatBench();
    let asked = 0;
    const shaky = attachment({
      fetch: async () => {
        asked += 1;
        if (asked === 1) throw new AttachmentError('fox.png', 'unavailable');
        return new Uint8Array(3);
      },
    });
    await write('batch', 'fox', [shaky, attachment()]);
    expect(engine.submitted[0]?.tasks).toHaveLength(2);
  });

  it('gives each image the words for its place among those that came', async () => {
    const { write, engine } = createChatBench();
    const some = [attachment(), unavailable('2.png'), attachment(), attachment()];
    await write('batch', 'in oil\n1: a fox\n2: a hare\n3: a {red|blue} wolf', some);
    const [submitted] = engine.submitted;
    expect(submitted?.tasks.map(({ inputId, prompt }) => `${inputId} ${prompt}`)).toEqual([
      'input1 a fox',
      'input2 a red wolf',
      'input2 a blue wolf',
      'input3 in oil',
    ]);
    expect(submitted?.prompt).toBe('in oil\n1: a fox\n2: a hare\n3: a {red|blue} wolf');
  });

  it.each([
    ['1: a fox\n2: a hare\n5: a wolf', 'words for image 5, but 3 came'],
    ['0: a fox\n1: a hare', 'words for image 0, but 3 came'],
    ['1: a fox\n1: a hare', 'words for image 1 twice'],
    ['2: a hare', 'no words for these images: 1, 3'],
  ])('tells what does not fit the images: %j', async (prompt, expected) => {
    const { write, engine } = createChatBench();
    expect(privateText(await write('batch', prompt, images(3)))).toContain(expected);
    expect(engine.calls).toEqual([]);
  });
});

describe('a zip', () => {
  it('is a batch of its images, whatever word its caption begins with', async () => {
    const engine = engineWithZip([
      entry('1.png'),
      entry('2.png', { kind: 'encrypted' }),
      entry('notes.txt', { kind: 'not-an-image' }),
      entry('3.png'),
    ]);
    const { write } = createChatBench({ engine });
    await write('imagine', 'in winter', [zip]);
    expect(engine.submitted[0]).toMatchObject({
      origin: 'batch',
      tasks: [{ inputId: 'input1' }, { inputId: 'input2' }],
      notes: [
        { kind: 'image-left-out', name: '2.png', problem: { kind: 'encrypted' } },
        { kind: 'image-left-out', name: 'notes.txt', problem: { kind: 'not-an-image' } },
      ],
    });
  });

  it('stands beside images', async () => {
    const engine = engineWithZip([entry('1.png'), entry('2.png')]);
    const { ask } = createChatBench({ engine });
    const options = { prompt: '1: a\n2: b\n3: c', image1: attachment(), zip };
    await ask({ kind: 'command', name: 'batch', options });
    expect(engine.submitted[0]?.tasks.map(({ prompt }) => prompt)).toEqual(['a', 'b', 'c']);
  });

  it('that makes too many tasks is told how many, and nothing in it is read', async () => {
    const read = () => Promise.reject(new Error('It was read'));
    const entries = Array.from({ length: 40 }, (_, index) => ({ name: `${index}.png`, read }));
    const engine = engineWithZip(entries);
    const { write } = createChatBench({ engine });
    const reply = await write('batch', '{red|green|blue} fox', [zip]);
    expect(privateText(reply)).toContain('make 120 tasks; 100 is the most');
  });

  it('that cannot be used is told by name', async () => {
    const engine = createFakeChatEngine();
    const problem = { kind: 'too-many-entries', count: 250, max: 100 } as const;
    const readArchive = () => Promise.reject(new ArchiveError(problem));
    const { write } = createChatBench({
      engine: Object.assign(engine, { inputs: { ...engine.inputs, readArchive } }),
    });
    const told = '“holidays.zip” holds 250 files; 100 images is the most.';
    expect(privateText(await write('batch', 'fox', [zip]))).toBe(told);
    await write('batch', 'fox', [zip, attachment()]);
    expect(engine.submitted[0]?.notes).toEqual([
      { kind: 'image-left-out', name: 'holidays.zip', problem },
    ]);
  });
});

describe('the form of a batch', () => {
  const asked = (options: (Intent & { kind: 'command' })['options']): Intent => ({
    kind: 'command',
    name: 'batch',
    options,
  });

  it('opens at once where no image came, with what was given in it', async () => {
    const { chat, ask, acknowledged } = createChatBench({ patienceMs: 0 });
    const intent = asked({ prompt: 'a fox --n 2', preset: 'anime' });
    expect(chat.opensForm(intent)).toBe(true);
    expect(await ask(intent, { platform: 'discord' })).toMatchObject({
      kind: 'form',
      form: {
        title: 'Change several images',
        fields: [
          { kind: 'files', name: 'images', required: true, maxFiles: 10 },
          { kind: 'text', name: 'prompt', value: 'a fox --n 2', isLong: true },
          { kind: 'text', name: 'preset', value: 'anime' },
          { kind: 'text', name: 'model' },
          { kind: 'text', name: 'negative' },
        ],
      },
    });
    expect(acknowledged).toEqual([]);
    expect(chat.opensForm(asked({ zip }))).toBe(false);
    expect(chat.opensForm(asked({ image4: attachment() }))).toBe(false);
  });

  it('answered, is the command with its answers, which go first', async () => {
    const { ask, engine } = createChatBench();
    const answers = {
      images: images(2),
      prompt: 'a hare',
      preset: '',
      model: 'sketch',
      negative: '',
    };
    const options = { prompt: 'a fox', preset: 'anime', count: 2 };
    await ask({ kind: 'command', name: 'batch', options, answers });
    expect(engine.submitted[0]?.tasks).toEqual([
      { operation: 'edit', prompt: 'a hare', count: 2, model: 'sketch', inputId: 'input1' },
      { operation: 'edit', prompt: 'a hare', count: 2, model: 'sketch', inputId: 'input2' },
    ]);
  });
});

describe('Remix images', () => {
  const menu = (count: number, answers?: { prompt: string }): Intent => ({
    kind: 'message-menu',
    name: 'Remix images',
    images: images(count),
    ...(answers ? { answers } : {}),
  });

  it('asks for a prompt, and makes a batch of the images of the message', async () => {
    const { ask, engine } = createChatBench();
    const locale = 'zh-CN';
    const identity = { platform: 'discord', platformUserId: '1', name: 'Ada', locale } as const;
    const reply = await ask(menu(3), { identity });
    const fields = reply.kind === 'form' ? reply.form.fields : [];
    expect(fields.map(({ name }) => name)).toEqual(['prompt', 'preset', 'model', 'negative']);
    expect(fields[0]?.label).toBe('提示词');
    await ask(menu(3, { prompt: 'in winter' }));
    expect(engine.submitted[0]).toMatchObject({ origin: 'batch', prompt: 'in winter' });
    expect(engine.submitted[0]?.tasks).toHaveLength(3);
  });

  it('says so where the message has none', async () => {
    const { ask } = createChatBench();
    expect(privateText(await ask(menu(0)))).toContain('no images');
  });

  it('is no command that can be written', async () => {
    const { write } = createChatBench();
    expect(privateText(await write('remix', 'x'))).toContain('no command /remix');
  });
});
