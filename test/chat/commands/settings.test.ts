import { describe, expect, it } from 'vitest';
import { createChatBench, privateText } from '../../support/chat-requests.js';

const inPrivate = { scopeId: 'telegram:dm:100' };

describe('/settings set', () => {
  it.each([
    'aspect 16:9 count 2 negative hands, feet private yes',
    'aspect=16:9 count: 2 negative hands, feet private=yes',
    '--ar 16:9 --n 2 --private --no hands, feet',
  ])('takes %j, and shows what holds then', async (text) => {
    const { write, engine } = createChatBench();
    const answer = privateText(await write('settings', `set ${text}`));
    expect(answer).toContain('aspect: 16:9');
    expect(answer).toContain('model: not set');
    const change = { aspect: '16:9', count: 2, negative: 'hands, feet', private: true };
    expect(engine.calls).toEqual([['preferences.change', 'user-ada', change]]);
    expect(privateText(await write('settings', 'show'))).toContain('private: yes');
  });

  it('forgets what is named', async () => {
    const { write } = createChatBench();
    await write('settings', 'set aspect 16:9 count 2');
    const answer = privateText(await write('settings', 'set forget aspect'));
    expect(answer).toContain('aspect: not set');
    expect(answer).toContain('count: 2');
    expect(privateText(await write('settings', 'set forget all'))).not.toContain('count: 2');
  });

  it.each([
    ['', 'Say what to set'],
    ['aspect 99:1', '99:1'],
    ['model skets', 'Did you mean sketch?'],
    ['preset none', 'no preset called “none”'],
    ['language klingon', 'English or 中文'],
    ['forget everything', 'everything'],
    ['16:9', '“16:9”'],
    ['--flavour mint', 'flavour'],
  ])('refuses %j', async (text, said) => {
    const { write, engine } = createChatBench();
    expect(privateText(await write('settings', `set ${text}`))).toContain(said);
    expect(engine.calls).toEqual([]);
  });

  it('changes the language at once, whatever the platform says', async () => {
    const { write } = createChatBench();
    await write('settings', 'set language 中文');
    expect(privateText(await write('settings', 'show'))).toContain('宽高比');
    expect(privateText(await write('queue', ''))).not.toContain('Nothing of yours');
  });
});

describe('one’s own defaults', () => {
  const preset = {
    name: 'wide',
    prompt: '{prompt}',
    aspect: '21:9',
    scopeId: 'global',
    version: 1,
  };

  it('hold where neither option nor flag nor preset says another thing', async () => {
    const { write, engine } = createChatBench();
    engine.presetList = [preset];
    await write('settings', 'set aspect 16:9 count 3 negative hands');
    await write('imagine', 'a fox');
    await write('imagine', 'a fox --preset wide');
    await write('imagine', 'a fox --preset wide --ar 1:1 --n 1 --no feet');
    expect(engine.submitted.map(({ tasks }) => tasks[0])).toMatchObject([
      { aspect: '16:9', count: 3, negative: 'hands' },
      { aspect: '21:9', count: 3, negative: 'hands' },
      { aspect: '1:1', count: 1, negative: 'feet' },
    ]);
  });

  it('make requests private, and the answer too from the first', async () => {
    const { write, engine, acknowledged } = createChatBench();
    await write('settings', 'set private yes');
    await write('imagine', 'a fox', [], { scopeId: 'telegram:dm:100' });
    await write('imagine', 'a fox --private no');
    expect(engine.submitted.map((request) => request.private)).toEqual([true, false]);
    expect(acknowledged).toEqual([true, false]);
  });

  it('name a preset, while there is such a one', async () => {
    const { write, engine } = createChatBench();
    engine.presetList = [preset];
    await write('settings', 'set preset wide');
    await write('imagine', 'a fox');
    engine.presetList = [];
    await write('imagine', 'a fox');
    expect(engine.submitted.map(({ tasks }) => tasks[0]?.aspect)).toEqual(['21:9', undefined]);
  });
});

describe('/settings link', () => {
  it('gives a code to one alone, and takes one anywhere', async () => {
    const { write, engine } = createChatBench();
    expect(privateText(await write('settings', 'link'))).toContain('private chat');
    expect(privateText(await write('settings', 'link', [], inPrivate))).toContain('ABCD2345');
    expect(privateText(await write('settings', 'link ABCD2345'))).toContain('one history');
    expect(engine.calls).toEqual([['link', 'user-ada', 'ABCD2345']]);
  });
});

describe('/settings erase', () => {
  it('asks first, and erases when its own asker says so', async () => {
    const { write, press, engine } = createChatBench();
    const reply = await write('settings', 'erase');
    expect(reply).toMatchObject({ kind: 'panel', private: true });
    expect(engine.calls).toEqual([]);
    expect(privateText(await press({ kind: 'erase', userId: 'user-bob' }))).toContain('somebody');
    expect(engine.calls).toEqual([]);
    expect(privateText(await press({ kind: 'erase', userId: 'user-ada' }))).toContain('3 batches');
    expect(engine.calls).toEqual([['erase', 'user-ada']]);
  });
});
