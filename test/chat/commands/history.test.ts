import { describe, expect, it } from 'vitest';
import type { Panel, Reply } from '../../../src/chat/index.js';
import { type BatchView, EngineError } from '../../../src/engine/index.js';
import { batchView, imageView, taskView } from '../../support/batch-views.js';
import { type ChatBench, createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

const bytes = new Uint8Array([1, 2, 3]);

const done = (id: string, more: Partial<BatchView> = {}) =>
  batchView({
    id,
    prompt: `prompt of ${id}`,
    tasks: [
      taskView({ id: `task-${id}`, state: 'completed', images: [imageView({ id: `i${id}` })] }),
    ],
    ...more,
  });

/** The images of these batches are no longer stored. */
function benchWith(batches: readonly BatchView[], gone: readonly string[] = []): ChatBench {
  const read = async (id: string) => {
    if (gone.includes(id)) throw new EngineError({ kind: 'images-gone', id });
    return { bytes, pieces: [bytes], mediaType: 'image/webp', changed: true };
  };
  const engine = createFakeChatEngine({ readImageWithin: read, readImage: read });
  for (const batch of batches) engine.batches.set(batch.id, batch);
  return createChatBench({ engine });
}

function panelOf(reply: Reply): Panel {
  if (reply.kind !== 'panel') throw new Error(`Not a panel: ${JSON.stringify(reply)}`);
  return reply.panel;
}

const labels = ({ buttons }: Pick<Panel, 'buttons'>) =>
  buttons.map((row) => row.map((b) => b.label));
const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => done(id));

const inPrivate = { scopeId: 'telegram:dm:1' };

describe('/history', () => {
  it('shows five batches a page, each with a thumbnail and ways to show it and run it again', async () => {
    const reply = await benchWith(seven).write('history', '');
    expect(reply).toMatchObject({ kind: 'panel', private: true });
    const panel = panelOf(reply);
    expect(panel.text).toBe('Yours, newest first · page 1 of 2 · 7 in all');
    expect(panel.entries).toHaveLength(5);
    expect(panel.entries?.[0]).toMatchObject({
      text: expect.stringMatching(/^1 · a · .*\nprompt of a\n1 image/),
      thumbnail: { id: 'ia', bytes, mediaType: 'image/webp', description: 'prompt of a' },
      buttons: [
        { label: '🔎 1', action: { kind: 'show', batchId: 'a' } },
        { label: '🔄 1', action: { kind: 'again', batchId: 'a' } },
      ],
    });
    expect(labels(panel)).toEqual([['▶']]);
  });

  it('turns its pages in place, and keeps the filter', async () => {
    const { press } = benchWith(seven);
    const userId = 'user-ada';
    const reply = await press({ kind: 'history', userId, page: 2, filter: 'prompt' });
    expect(reply).toMatchObject({ replaces: true });
    const panel = panelOf(reply);
    expect(panel.text).toContain('with “prompt”');
    expect(panel.entries?.map(({ text }) => text.split('\n')[1])).toEqual([
      'prompt of f',
      'prompt of g',
    ]);
    expect(panel.buttons[0]?.map(({ action }) => action)).toEqual([
      { kind: 'history', userId, page: 1, filter: 'prompt' },
    ]);
  });

  it('is turned by its owner alone', async () => {
    const { press } = benchWith(seven);
    const reply = await press({ kind: 'history', userId: 'user-bob', page: 2, filter: '' });
    expect(privateText(reply)).toContain('somebody else');
  });

  it('finds by words of the prompt, and says so where there is nothing', async () => {
    const { write } = benchWith(seven);
    expect(panelOf(await write('history', 'of c')).entries).toHaveLength(1);
    expect(privateText(await write('history', 'wolf'))).toBe(
      'Nothing of yours has “wolf” in its prompt.',
    );
    expect(privateText(await benchWith([]).write('history', ''))).toContain('/imagine');
    expect(privateText(await write('history', '长'.repeat(20)))).toContain('too long');
  });

  it('says of a batch that its images are gone', async () => {
    const panel = panelOf(await benchWith([done('a'), done('b')], ['ia']).write('history', ''));
    expect(panel.entries?.[0]).toMatchObject({ thumbnail: null });
    expect(panel.entries?.[0]?.text).toContain('not stored any more');
    expect(panel.entries?.[1]?.text).not.toContain('not stored any more');
  });

  it('leaves out what is private where others read along', async () => {
    const { write } = benchWith([done('a', { private: true }), done('b')]);
    expect(panelOf(await write('history', '')).entries).toHaveLength(1);
    expect(panelOf(await write('history', '', [], inPrivate)).entries).toHaveLength(2);
  });
});

describe('Share', () => {
  const hidden = done('a', { private: true });

  it('posts the images of a private batch where it is pressed, for all to see', async () => {
    const reply = await benchWith([hidden]).press({ kind: 'share', batchId: 'a' });
    expect(reply).toMatchObject({
      kind: 'panel',
      private: false,
      panel: { text: 'prompt of a — Ada', images: [{ id: 'ia' }], buttons: [] },
    });
  });

  it('is its owner’s alone, and tells when the images are gone', async () => {
    const identity = {
      platform: 'telegram',
      platformUserId: '2',
      name: 'Bob',
      locale: 'en',
    } as const;
    const { press } = benchWith([hidden]);
    expect(privateText(await press({ kind: 'share', batchId: 'a' }, { identity }))).toContain(
      'somebody else',
    );
    const gone = await benchWith([hidden], ['ia']).press({ kind: 'share', batchId: 'a' });
    expect(privateText(gone)).toContain('not stored any more');
  });
});

describe('Edit of several images', () => {
  it('asks which one', async () => {
    const images = [imageView({ id: 'x' }), imageView({ id: 'y' })];
    const two = batchView({ tasks: [taskView({ state: 'completed', images })] });
    const reply = await benchWith([two]).press({ kind: 'pick-image', batchId: 'batch0' });
    expect(panelOf(reply).buttons).toMatchObject([
      [
        { label: '1', action: { kind: 'edit-image', imageId: 'x' } },
        { label: '2', action: { kind: 'edit-image', imageId: 'y' } },
      ],
    ]);
  });
});
