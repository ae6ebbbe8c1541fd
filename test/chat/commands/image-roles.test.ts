import { describe, expect, it } from 'vitest';
import type { Attachment, Intent } from '../../../src/chat/index.js';
import { attachment, createChatBench, privateText } from '../../support/chat-requests.js';

/** Images are kept in the order of their parts: the source, references, the mask. */
async function ask(text: string, own: readonly Attachment[], answered?: Attachment) {
  const bench = createChatBench();
  const intent: Intent = {
    ...{ kind: 'text-command', name: 'imagine', text, attachments: own },
    ...(answered ? { answered } : {}),
  };
  const reply = await bench.ask(intent);
  return { reply, submitted: bench.engine.submitted[0] };
}

const files = (...names: string[]) =>
  names.map((name) => attachment({ name, fetch: async () => new TextEncoder().encode(name) }));

describe('images that flags give a part in one task', () => {
  const [picture, mask] = files('picture', 'mask');

  it('are an image and its mask, in an album or as an answer', async () => {
    for (const { reply, submitted } of [
      await ask('a red door --mask', files('picture', 'mask')),
      await ask('a red door --mask', mask ? [mask] : [], picture),
    ]) {
      expect(reply).toMatchObject({ kind: 'card' });
      expect(submitted).toMatchObject({ origin: 'imagine', prompt: 'a red door' });
      expect(submitted?.tasks).toEqual([
        expect.objectContaining({ operation: 'inpaint', inputId: 'input1', maskId: 'input2' }),
      ]);
    }
  });

  it('are references: all that came along, but not what was answered', async () => {
    const { submitted } = await ask('a knight --reference', files('one', 'two'));
    expect(submitted?.tasks).toEqual([
      expect.objectContaining({ operation: 'generate', referenceIds: ['input1', 'input2'] }),
    ]);
    const answering = await ask('a knight —ref', files('one', 'two'), picture);
    expect(answering.submitted?.tasks).toEqual([
      expect.objectContaining({
        ...{ operation: 'edit', inputId: 'input1', referenceIds: ['input2', 'input3'] },
      }),
    ]);
  });

  it('are as many references as are said, between the image and its mask', async () => {
    const { submitted } = await ask('x --reference 2 --mask', files('image', 'one', 'two', 'mask'));
    expect(submitted?.tasks).toEqual([
      expect.objectContaining({
        ...{ operation: 'inpaint', inputId: 'input1' },
        ...{ referenceIds: ['input2', 'input3'], maskId: 'input4' },
      }),
    ]);
  });

  it('make one task of an album that is called a batch', async () => {
    const { engine, write } = createChatBench();
    await write('batch', 'a red door --mask', files('picture', 'mask'));
    expect(engine.submitted[0]).toMatchObject({ origin: 'imagine', tasks: [{ count: 1 }] });
  });

  it('leave out what was answered where no flag says otherwise', async () => {
    const { submitted } = await ask('in winter', files('own'), picture);
    expect(submitted?.tasks).toEqual([
      expect.objectContaining({ operation: 'edit', inputId: 'input1' }),
    ]);
  });

  it.each([
    ['x --mask', 1, '--mask is for two images'],
    ['x --mask', 0, '--mask is for two images'],
    ['x --reference', 0, '--reference needs images'],
    ['x --reference 2', 1, '--reference needs images'],
    ['x --reference 4', 4, '“4” is no number of references'],
    ['x --reference', 4, '4 references came, but 3 is the most.'],
    ['x --reference 1', 4, '2 images have no part in this.'],
    ['x --mask', 3, '1 image has no part in this.'],
    ['x --mask later', 2, '“later” does not fit'],
    ['x --masc', 1, 'Did you mean --mask?'],
  ])('%j with %i images is told by name', async (text, count, expected) => {
    const { reply, submitted } = await ask(text, files(...'abcd'.slice(0, count)));
    expect(privateText(reply)).toContain(expected);
    expect(submitted).toBeUndefined();
  });

  it('are chosen by name where a menu has options for them, which is said', async () => {
    const { ask: asks, engine } = createChatBench();
    const discord = { platform: 'discord' } as const;
    for (const [flag, option] of [
      ['--mask', 'mask'],
      ['--reference 2', 'reference1'],
    ]) {
      const options = { prompt: `a red door ${flag}` };
      const reply = await asks({ kind: 'command', name: 'imagine', options }, discord);
      const text = expect.stringContaining(`under the option “${option}”`);
      expect(reply).toMatchObject({ kind: 'text', private: true, text });
    }
    expect(engine.submitted).toEqual([]);
  });
});
