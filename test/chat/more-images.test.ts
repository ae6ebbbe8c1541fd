import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/chat/index.js';
import type { Addition, TaskRequest } from '../../src/engine/index.js';
import { batchView, taskView } from '../support/batch-views.js';
import { attachment, createChatBench, privateText } from '../support/chat-requests.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const createdAt = new Date('2026-11-20T12:00:00Z');
const secondsLater = (seconds: number) => new Date(createdAt.getTime() + seconds * 1000);

function album(prompt: string, requests: readonly Partial<TaskRequest>[], more = {}) {
  return batchView({
    ...{ id: 'first', origin: 'batch', prompt, createdAt, ...more },
    tasks: requests.map((request) =>
      taskView({ request: { operation: 'edit', prompt, count: 1, ...request } }),
    ),
  });
}

/** A chat in which this album was made before. */
function benchAfter(first: ReturnType<typeof album>, hasBegun: boolean) {
  const engine = createFakeChatEngine();
  const extended: Addition[] = [];
  const albums = {
    batchOf: async (_platform: string, key: string) => (key === 'album:1' ? first : undefined),
    latestOf: async () => first,
    extend: async (_batchId: string, addition: Addition) => {
      if (hasBegun) return false;
      extended.push(addition);
      return true;
    },
  };
  const bench = createChatBench({ engine: Object.assign(engine, { albums }) });
  const images = (seconds: number): Extract<Intent, { kind: 'more-images' }> => ({
    kind: 'more-images',
    sentAt: secondsLater(seconds),
    attachments: [attachment(), attachment()],
  });
  const request = { partKeys: ['7', '8'] };
  /** Parts of that album. */
  const send = () => bench.ask({ ...images(1), of: 'album:1' }, request);
  /** An album of its own, so many seconds after that one's batch. */
  const sendAlone = (seconds = 1) => bench.ask(images(seconds), request);
  return { engine, extended, send, sendAlone };
}

const plain = album('in oil', [
  { inputId: 'a', model: 'sketch', strength: 0.4, negative: 'text' },
  { inputId: 'b', model: 'sketch', strength: 0.4, negative: 'text' },
]);

describe('images that come after the rest of their album', () => {
  it('join its batch while nothing of it has begun, with its parameters', async () => {
    const { engine, extended, send } = benchAfter(plain, false);
    expect(await send()).toEqual({ kind: 'card', batchId: 'first' });
    expect(engine.submitted).toEqual([]);
    expect(extended[0]?.updates).toEqual({ platform: 'telegram', keys: ['update1', '7', '8'] });
    const like = { ...plain.tasks[0]?.request };
    expect(extended[0]?.tasks).toEqual([
      { ...like, inputId: 'input1' },
      { ...like, inputId: 'input2' },
    ]);
  });

  it('are else a batch of their own that says so', async () => {
    const { engine, send } = benchAfter(plain, true);
    expect(await send()).toEqual({ kind: 'card', batchId: 'new1' });
    expect(engine.submitted[0]).toMatchObject({
      ...{ origin: 'batch', parentBatchId: 'first', prompt: 'in oil' },
      notes: [{ kind: 'late-parts' }],
      update: { key: 'update1', partKeys: ['7', '8'] },
    });
    expect(engine.submitted[0]?.tasks).toHaveLength(2);
  });

  it('have the words that are for their place, whatever was left out before', async () => {
    const notes = [{ kind: 'image-left-out', name: '2.jpg', problem: { kind: 'broken' } }] as const;
    const numbered = album('{red|blue} fox\n4: a hare', [{ inputId: 'a' }, { inputId: 'a' }], {
      notes,
    });
    const { extended, send } = benchAfter(numbered, false);
    await send();
    expect(extended[0]?.tasks.map(({ inputId, prompt }) => `${inputId} ${prompt}`)).toEqual([
      'input1 red fox',
      'input1 blue fox',
      'input2 a hare',
    ]);
  });

  it('belong to what was asked for just before, where they are an album of their own', async () => {
    const { engine, extended, sendAlone } = benchAfter(plain, false);
    expect(await sendAlone()).toMatchObject({ batchId: 'first' });
    expect(extended).toHaveLength(1);
    const late = await sendAlone(11);
    expect(privateText(late)).toContain('Add a caption');
    expect(engine.submitted).toEqual([]);
  });

  it('belong to nothing where nothing was made of images', async () => {
    const { send, sendAlone } = benchAfter(album('a fox', [{}]), false);
    expect(privateText(await send())).toContain('came too late');
    expect(privateText(await sendAlone())).toContain('Add a caption');
  });

  it('join nothing whose images have roles by their places', async () => {
    const roles = [{ maskId: 'third' }, { referenceIds: ['second'] }];
    for (const role of roles) {
      const { engine, extended, send } = benchAfter(
        album('in oil', [{ inputId: 'a', ...role }]),
        false,
      );
      expect(privateText(await send())).toContain('came too late');
      expect(extended).toEqual([]);
      expect(engine.submitted).toEqual([]);
    }
  });

  it('make no batch larger than one may be', async () => {
    const many = Array.from({ length: 99 }, (_, index) => ({ inputId: `in${index}` }));
    const { engine, extended, send } = benchAfter(album('in oil', many), false);
    await send();
    expect(extended).toEqual([]);
    expect(engine.submitted[0]?.tasks).toHaveLength(2);
  });
});
