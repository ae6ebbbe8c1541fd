import { describe, expect, it } from 'vitest';
import { EngineError, type Preset } from '../../../src/engine/index.js';
import { attachment, createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

const anime: Preset = {
  name: 'anime',
  scopeId: 'global',
  version: 3,
  prompt: 'anime of {prompt}, cel shading',
  negative: 'photo',
  aspect: '2:3',
  count: 2,
  strength: 0.5,
};

function bench(...more: Preset[]) {
  const engine = createFakeChatEngine();
  engine.presetList = [anime, ...more];
  return createChatBench({ engine });
}

describe('a preset', () => {
  it('puts the prompt in its words, and sets what was left open', async () => {
    const { engine, write } = bench();
    await write('imagine', 'a fox --preset Anime');
    expect(engine.submitted[0]).toMatchObject({ prompt: 'a fox' });
    expect(engine.submitted[0]?.tasks).toEqual([
      {
        operation: 'generate',
        prompt: 'anime of a fox, cel shading',
        negative: 'photo',
        aspect: '2:3',
        count: 2,
        preset: { name: 'anime', scopeId: 'global', version: 3 },
      },
    ]);
  });

  it('is beaten by a flag, and a flag by an option', async () => {
    const { engine, ask } = bench({ ...anime, name: 'tall', aspect: '1:2' });
    const options = {
      prompt: 'a fox --preset tall --n 4 --ar 1:1 --no hands',
      preset: 'anime',
      aspect: '16:9',
    };
    await ask({ kind: 'command', name: 'imagine', options });
    expect(engine.submitted[0]?.tasks).toMatchObject([
      { aspect: '16:9', count: 4, negative: 'hands', preset: { name: 'anime' } },
    ]);
  });

  it('says how far to move from an image, where there is one', async () => {
    const { engine, write } = bench();
    await write('imagine', 'a fox --preset anime', [attachment()]);
    await write('imagine', 'a fox --preset anime --strength 0.9', [attachment()]);
    const strengths = engine.submitted.map(({ tasks }) => tasks[0]?.strength);
    expect(strengths).toEqual([0.5, 0.9]);
  });

  it('chooses its model, unless one is asked for', async () => {
    const { engine, write } = bench({ ...anime, name: 'fluxed', model: 'flux' });
    const [sketch] = engine.modelList;
    if (sketch) engine.modelList.push({ ...sketch, name: 'flux', default: false });
    await write('imagine', 'a fox --preset fluxed');
    await write('imagine', 'a fox --preset fluxed --model sketch');
    const models = engine.submitted.map(({ tasks }) => tasks[0]?.model);
    expect(models).toEqual(['flux', 'sketch']);
  });

  it('is put around each choice in braces, and its own braces are text', async () => {
    const { engine, write } = bench({ ...anime, name: 'odd', prompt: '{a|b} {prompt}' });
    await write('imagine', '{red|blue} fox --preset odd');
    const prompts = engine.submitted[0]?.tasks.map(({ prompt }) => prompt);
    expect(prompts).toEqual(['{a|b} red fox', '{a|b} blue fox']);
  });

  it('goes for every image of a batch', async () => {
    const { engine, write } = bench();
    await write('batch', 'in winter --preset anime', [attachment(), attachment()]);
    const tasks = engine.submitted[0]?.tasks;
    expect(tasks?.map(({ preset }) => preset?.name)).toEqual(['anime', 'anime']);
  });

  it.each([
    ['anmie', 'There is no preset called “anmie”. Did you mean anime?'],
    ['zebra', 'There is no preset called “zebra”. /presets lists those there are.'],
  ])('that does not exist is told, and nothing runs: %s', async (name, expected) => {
    const { engine, write, acknowledged } = bench();
    expect(privateText(await write('imagine', `fox --preset ${name}`))).toBe(expected);
    expect(engine.submitted).toEqual([]);
    expect(acknowledged).toEqual([]);
  });
});

describe('/presets', () => {
  it('lists what may be used here', async () => {
    const own = { ...anime, name: 'house', scopeId: 'telegram:1', prompt: 'our style' };
    const elsewhere = { ...anime, name: 'theirs', scopeId: 'telegram:2' };
    const text = privateText(await bench(own, elsewhere).write('presets', ''));
    expect(text.split('\n')).toEqual([
      'Presets, used as in /imagine a fox --preset anime:',
      '1 · anime · “anime of {prompt}, cel shading” · 2:3 · ×2 · strength 0.5',
      '2 · house · of here · “our style” · 2:3 · ×2 · strength 0.5',
    ]);
  });

  it('shows what each makes of a picture, and says which is which', async () => {
    const own = { ...anime, name: 'house', scopeId: 'telegram:1', prompt: 'our style' };
    for (const [name, words] of [
      ['presets', ''],
      ['admin', 'preset list'],
    ] as const) {
      const reply = await bench(own).write(name, words, [], managing);
      const picture = reply.kind === 'text' ? reply.picture : undefined;
      expect(picture).toMatchObject({ name: 'presets.jpg', mediaType: 'image/jpeg' });
      expect(picture?.description).toMatch(/anime, house|house, anime/);
      const drawn = Buffer.from(picture?.bytes ?? [])
        .toString()
        .split('\n');
      expect(drawn.sort()).toEqual(['anime of {prompt}, cel shading', 'our style']);
    }
  });

  it('pictures the first twenty, which alone are numbered', async () => {
    const many = Array.from({ length: 24 }, (_, at) => ({ ...anime, name: `p${at}`, prompt: 'x' }));
    const reply = await bench(...many).write('presets', '');
    const lines = privateText(reply).split('\n').slice(1);
    expect(lines.findIndex((line) => !/^\d+ · /.test(line))).toBe(20);
    const bytes = reply.kind === 'text' ? reply.picture?.bytes : undefined;
    expect(
      Buffer.from(bytes ?? [])
        .toString()
        .split('\n'),
    ).toHaveLength(20);
  });

  it('counts what a message has no room for', async () => {
    const many = Array.from({ length: 90 }, (_, at) => ({ ...anime, name: `preset-number-${at}` }));
    const lines = privateText(await bench(...many).write('presets', '')).split('\n');
    expect(lines.join('\n').length).toBeLessThan(3800);
    expect(lines.at(-1)).toBe(`… and ${91 - (lines.length - 2)} more`);
  });
});

const managing = { managesScope: async () => true };
const author = { name: 'noir', scopeId: 'telegram:1', userId: 'user-ada' };

describe('/admin preset', () => {
  it('adds one to the scope, as it is written on Telegram', async () => {
    const { engine, write } = bench();
    const text = 'preset add Noir film noir of {prompt}, rain --no colour --ar 32:18 --n 2';
    const reply = await write('admin', text, [], managing);
    expect(privateText(reply)).toBe(
      'Added noir:\nnoir · of here · “film noir of {prompt}, rain” · 16:9 · ×2',
    );
    expect(engine.calls).toEqual([
      [
        'presets.add',
        author,
        { prompt: 'film noir of {prompt}, rain', negative: 'colour', aspect: '16:9', count: 2 },
      ],
    ]);
  });

  it('adds one by options, as on Discord', async () => {
    const { engine, ask } = bench();
    const options = { name: 'noir', prompt: 'film noir', strength: 0.4, model: 'sketch' };
    await ask({ kind: 'command', name: 'admin preset add', options }, managing);
    expect(engine.calls[0]?.[2]).toEqual({ prompt: 'film noir', strength: 0.4, model: 'sketch' });
  });

  it('edits what is named, and clears what is given as -', async () => {
    const { engine, write } = bench();
    await write('admin', 'preset edit noir --no - --ar - --n 4', [], managing);
    await write('admin', 'preset edit noir gloomy {prompt}', [], managing);
    expect(engine.calls).toEqual([
      ['presets.edit', author, { negative: null, aspect: null, count: 4 }],
      ['presets.edit', author, { prompt: 'gloomy {prompt}' }],
    ]);
  });

  it('removes one', async () => {
    const { engine, write } = bench();
    const reply = await write('admin', 'preset remove noir', [], managing);
    expect(privateText(reply)).toBe('Removed noir.');
    expect(engine.calls).toEqual([['presets.remove', author]]);
  });

  it('lists those of here and the global ones', async () => {
    const own = { ...anime, name: 'house', scopeId: 'telegram:1' };
    const text = privateText(await bench(own).write('admin', 'preset list', [], managing));
    expect(text.split('\n')).toMatchObject([
      'Presets of this server or chat:',
      expect.stringMatching(/^1 · house · of here/),
      'Global presets:',
      '2 · anime',
    ]);
  });

  const changes = ['add noir film noir', 'edit noir film noir', 'remove noir'];

  it.each(changes)('is for those who manage the scope: %s', async (words) => {
    const { engine, write } = bench();
    expect(privateText(await write('admin', `preset ${words}`))).toContain('Only those who manage');
    expect(engine.calls).toEqual([]);
  });

  it.each([['add noir film noir --global'], ['edit noir film noir --global'], ['remove noir yes']])(
    'of all scopes is for administrators alone: %s',
    async (words) => {
      const { engine, write } = bench();
      const reply = await write('admin', `preset ${words}`, [], managing);
      expect(privateText(reply)).toContain(
        "Only Easel's own administrators change what is global.",
      );
      expect(engine.calls).toEqual([]);

      const ofAdmin = createChatBench({ engine, admins: new Set(['telegram:100']) });
      await ofAdmin.write('admin', `preset ${words}`);
      expect(engine.calls[0]?.[1]).toEqual({ ...author, scopeId: 'global' });
    },
  );

  it.each([
    ['add noir', 'Say in which words the preset puts a prompt.'],
    ['add no/ir film', '“no/ir” is no name for a preset'],
    [`add ${'x'.repeat(33)} film`, 'is no name for a preset'],
    [`add noir ${'x'.repeat(1001)}`, 'has 1,001 characters; 1,000 is the most.'],
    ['add noir film --ar 9:1', '“9:1” is not an aspect Easel can make.'],
    ['add noir film --n 9', 'Count is 9, but must be'],
    ['add noir film --strength 2', 'Strength is 2, but must be'],
    ['add noir film --model skech', 'There is no model called “skech”. Did you mean sketch?'],
    ['add noir film --model a,b', '“a,b” does not name a model.'],
    ['add noir film --seed 7', 'There is no flag --seed.'],
    ['edit noir', 'Say what to change of noir: its prompt, or a parameter.'],
  ])('tells bad input: %.40s', async (words, expected) => {
    const { engine, write } = bench();
    const reply = await write('admin', `preset ${words}`, [], managing);
    expect(privateText(reply)).toContain(expected);
    expect(engine.calls).toEqual([]);
  });

  it.each([
    [{ kind: 'preset-exists', name: 'noir' }, 'There is a preset called “noir” already.'],
    [{ kind: 'too-many-presets', limit: 100 }, 'There are 100 presets already'],
    [
      { kind: 'unknown-preset', name: 'nior', isGlobal: false, known: ['noir'] },
      'There is no preset called “nior”. Did you mean noir?',
    ],
    [
      { kind: 'unknown-preset', name: 'anime', isGlobal: true, known: [] },
      '“anime” is a global preset. Add one of the same name here',
    ],
  ] as const)('tells what the engine declines: $kind', async (problem, expected) => {
    const engine = createFakeChatEngine();
    engine.presets = { ...engine.presets, add: () => Promise.reject(new EngineError(problem)) };
    const { write } = createChatBench({ engine });
    const reply = await write('admin', 'preset add noir film', [], managing);
    expect(privateText(reply)).toContain(expected);
  });
});

describe('a form for a preset', () => {
  const open = (name: string, options: Record<string, string | boolean>, asker = managing) => {
    const { chat, ask, engine, acknowledged } = bench({
      ...anime,
      name: 'noir',
      scopeId: 'telegram:1',
      prompt: 'film noir of {prompt}',
    });
    const intent = { kind: 'command', name, options } as const;
    return { opens: chat.opensForm(intent), reply: ask(intent, asker), ask, engine, acknowledged };
  };
  const fieldsOf = (reply: Awaited<ReturnType<ReturnType<typeof open>['ask']>>) => {
    if (reply.kind !== 'form') throw new Error(`Not a form: ${JSON.stringify(reply)}`);
    return reply.form.fields.map((field) => [field.name, field.kind === 'text' && field.value]);
  };

  it.each([[{}], [{ name: 'noir' }], [{ prompt: 'film noir' }], [{ aspect: '16:9' }]])(
    'is opened by an addition that lacks its name or prompt, with what was given: %j',
    async (options: Record<string, string>) => {
      const { opens, reply, acknowledged } = open('admin preset add', options);
      expect(opens).toBe(true);
      const names = ['name', 'prompt', 'negative', 'model', 'aspect'];
      expect(fieldsOf(await reply)).toEqual(names.map((name) => [name, options[name]]));
      expect(acknowledged).toEqual([]);
    },
  );

  it('adds the preset that it was filled in with, flags at the end of its prompt included', async () => {
    const { ask, engine } = open('admin preset add', {});
    const answers = {
      ...{ name: 'Dusk', prompt: '{prompt} at dusk --n 2', negative: '', model: '', aspect: '3:2' },
    };
    const intent = { kind: 'command', name: 'admin preset add', options: {}, answers } as const;
    expect(privateText(await ask(intent, managing))).toContain('Added dusk:');
    expect(engine.calls).toEqual([
      [
        'presets.add',
        { ...author, name: 'dusk' },
        { prompt: '{prompt} at dusk', count: 2, aspect: '3:2' },
      ],
    ]);
  });

  it('shows the prompt that an edit changes, and changes what was filled in alone', async () => {
    const { opens, reply, ask, engine } = open('admin preset edit', { name: 'Noir' });
    expect(opens).toBe(true);
    expect(fieldsOf(await reply)).toContainEqual(['prompt', 'film noir of {prompt}']);
    const answers = {
      name: 'noir',
      prompt: 'gloomy {prompt}',
      negative: '-',
      model: '',
      aspect: '',
    };
    const options = { name: 'Noir' };
    await ask({ kind: 'command', name: 'admin preset edit', options, answers }, managing);
    expect(engine.calls).toEqual([
      ['presets.edit', author, { prompt: 'gloomy {prompt}', negative: null }],
    ]);
  });

  it('is empty for a preset that nobody knows, or while the record takes its time', async () => {
    const unknown = open('admin preset edit', { name: 'nior' });
    expect(fieldsOf(await unknown.reply)).toContainEqual(['prompt', undefined]);
    const { engine, ask } = bench();
    engine.presets = { ...engine.presets, list: () => new Promise(() => undefined) };
    const intent = {
      kind: 'command',
      name: 'admin preset edit',
      options: { name: 'noir' },
    } as const;
    expect(fieldsOf(await ask(intent, managing))).toContainEqual(['prompt', undefined]);
  });

  it('is not opened where all is said, nor for who may not', async () => {
    expect(open('admin preset add', { name: 'a', prompt: 'b' }).opens).toBe(false);
    expect(open('admin preset edit', { name: 'noir', negative: 'x' }).opens).toBe(false);
    const refused = open('admin preset add', {}, { managesScope: async () => false });
    expect(privateText(await refused.reply)).toContain('Only those who manage');
  });

  it('that comes back without a name or a prompt is told so', async () => {
    const { ask, engine } = open('admin preset add', {});
    const command = { kind: 'command', name: 'admin preset add', options: {} } as const;
    const nameless = await ask({ ...command, answers: { name: '', prompt: 'x' } }, managing);
    expect(privateText(nameless)).toContain('Say what the preset is called');
    const empty = await ask({ ...command, answers: { name: 'x', prompt: '' } }, managing);
    expect(privateText(empty)).toContain('Say in which words');
    expect(engine.calls).toEqual([]);
  });
});

describe('where commands are written', () => {
  it.each(['add', 'edit'])(
    '%s alone answers with an example that works when copied',
    async (verb) => {
      const { engine, write } = bench();
      const reply = await write('admin', `preset ${verb}`, [], managing);
      const code = reply.kind === 'panel' ? (reply.panel.code ?? '') : '';
      expect(code).toMatch(`/admin preset ${verb} noir`);
      await write('admin', code.replace('/admin ', ''), [], managing);
      expect(engine.calls).toMatchObject([[`presets.${verb}`, author, expect.anything()]]);
    },
  );

  it('a name alone answers with the preset as it is, to be copied and changed', async () => {
    const own = { ...anime, name: 'noir', scopeId: 'telegram:1', model: 'sketch' };
    const { engine, write } = bench(own);
    const reply = await write('admin', 'preset edit noir', [], managing);
    const code = reply.kind === 'panel' ? (reply.panel.code ?? '') : '';
    await write('admin', code.replace('/admin ', ''), [], managing);
    const { name: _name, scopeId: _scope, version: _version, ...content } = own;
    expect(engine.calls).toEqual([['presets.edit', author, content]]);
  });
});

describe('suggestions', () => {
  const ask = (chat: ReturnType<typeof bench>['chat'], option: string, typed: string) =>
    chat.suggest({ command: 'imagine', option, typed, scopeId: 'telegram:1' });

  it('offer presets that begin with, have, or nearly are what is typed', async () => {
    const named = (name: string): Preset => ({ ...anime, name });
    const { chat } = bench(named('pixel-art'), named('line-art'), named('artful'));
    const values = async (typed: string) =>
      (await ask(chat, 'preset', typed)).map(({ value }) => value);
    expect(await values('')).toEqual(['anime', 'pixel-art', 'line-art', 'artful']);
    expect(await values('ART')).toEqual(['artful', 'pixel-art', 'line-art']);
    expect(await values('anmie')).toEqual(['anime']);
    expect((await ask(chat, 'preset', 'anime'))[0]?.name).toBe('anime · anime of …, cel shading');
  });

  it('offer models, the last of several too', async () => {
    const { chat, engine } = bench();
    const [sketch] = engine.modelList;
    if (sketch) engine.modelList.push({ ...sketch, name: 'flux' });
    expect(await ask(chat, 'model', 'fl')).toEqual([{ name: 'flux', value: 'flux' }]);
    const [second] = await ask(chat, 'model', 'flux, sk');
    expect(second?.value).toBe('flux, sketch');
  });

  it('are at most 25, each of at most 100 characters', async () => {
    const long = 'x'.repeat(200);
    const many = Array.from({ length: 40 }, (_, at) => ({
      ...anime,
      name: `p${at}`,
      prompt: long,
    }));
    const offered = await ask(bench(...many).chat, 'preset', 'p');
    expect(offered).toHaveLength(25);
    for (const { name } of offered) expect(name.length).toBeLessThanOrEqual(100);
  });

  it('are none for what has none, and while the record is away', async () => {
    const { chat, engine } = bench();
    expect(await ask(chat, 'prompt', 'a')).toEqual([]);
    expect(await ask(chat, 'nothing', 'a')).toEqual([]);
    engine.presets = { ...engine.presets, list: () => Promise.reject(new Error('away')) };
    expect(await ask(chat, 'preset', 'a')).toEqual([]);
  });

  it('are declared for the options that have them', () => {
    const { commands } = bench().chat;
    const offering = commands.flatMap(({ path, options }) =>
      options.filter((each) => each.autocomplete).map(({ name }) => `${path.join(' ')} ${name}`),
    );
    expect(offering.filter((name) => /model$|preset/.test(name))).toEqual([
      'imagine model',
      'imagine preset',
      'batch preset',
      'batch model',
      'settings set model',
      'settings set preset',
      'admin preset add model',
      'admin preset edit name',
      'admin preset edit model',
      'admin preset remove name',
      'admin models hide model',
    ]);
  });
});
