import { describe, expect, it } from 'vitest';
import { renderCard } from '../../../src/chat/cards/card.js';
import type { CardInput, SeenProgress } from '../../../src/chat/cards/card-input.js';
import { createTexts } from '../../../src/chat/texts.js';
import { readUserWords } from '../../../src/chat/user-words.js';
import type { BatchView, TaskView } from '../../../src/engine/index.js';
import { batchView, imageView, taskView } from '../../support/batch-views.js';

const texts = createTexts();
const start = new Date('2026-11-20T12:00:00Z');

function secondsIn(seconds: number): Date {
  return new Date(start.getTime() + seconds * 1000);
}

function card(batch: BatchView, input: Partial<Omit<CardInput, 'batch'>> = {}) {
  return renderCard({
    batch,
    progress: new Map(),
    posts: [],
    position: null,
    now: start,
    texts: texts.inLocale('en'),
    ...input,
  });
}

function progressOf(
  task: string,
  fraction: number,
  more: Partial<SeenProgress> = {},
): Map<string, SeenProgress> {
  return new Map([
    [task, { batchId: 'batch0', taskId: task, run: 1, fraction, seenAt: secondsIn(12), ...more }],
  ]);
}

const labels = (batch: BatchView) =>
  card(batch).buttons.map((row) => row.map(({ label }) => label));

const running = taskView({ state: 'processing', run: 1, startedAt: start });
const failed = (failure: TaskView['failure']) =>
  batchView({ tasks: [taskView({ state: 'failed', run: 1, failure })] });

function done(images: number, more: Partial<TaskView> = {}): TaskView {
  return taskView({
    state: 'completed',
    run: 1,
    startedAt: start,
    finishedAt: secondsIn(25.3),
    images: Array.from({ length: images }, (_, index) => imageView({ id: `img${index}`, index })),
    ...more,
  });
}

describe('a waiting card', () => {
  it('tells its position and how long it will be about', () => {
    const view = card(batchView(), { position: { position: 3, estimateMs: 41_000 } });
    expect(view.lines).toEqual(['queued · #3 · about 40 s']);
    expect(view.phase).toBe('waiting');
    expect(labels(batchView())).toEqual([['Cancel']]);
  });

  it('leaves out what is not known', () => {
    expect(card(batchView()).lines).toEqual(['queued']);
    const position = { position: 1, estimateMs: null };
    expect(card(batchView(), { position }).lines).toEqual(['queued · #1']);
  });

  it('says in Chinese what it says in English', () => {
    const position = { position: 3, estimateMs: 41_000 };
    const view = card(batchView(), { position, texts: texts.inLocale('zh-CN') });
    expect(view.lines).toEqual(['排队中 · #3 · 约 40 秒']);
  });

  it('shows an automatic retry', () => {
    const task = taskView({ run: 1, retry: { attempt: 1, of: 2, at: secondsIn(5) } });
    expect(card(batchView({ tasks: [task] })).lines).toEqual(['queued', 'retrying (1/2)']);
  });

  it.each([
    ['unavailable', 'the image service cannot be reached; waiting until 12:58 UTC'],
    ['quota', "the image service's quota is used up; waiting until 12:58 UTC"],
    ['rate-limited', 'the image service is busy; next try by 12:58 UTC'],
    ['paused', 'paused by an administrator; waiting until 12:58 UTC'],
  ] as const)('says what it waits for and until when: %s', (reason, line) => {
    const task = taskView({ waitsFor: { reason, until: new Date('2026-11-20T12:58:30Z') } });
    expect(card(batchView({ tasks: [task] })).lines).toEqual(['queued', line]);
  });
});

describe('a card of what runs otherwise than it was asked for', () => {
  it('says each difference once', () => {
    const rounded = { kind: 'aspect-rounded', asked: '16:9', used: '3:2' } as const;
    const moved = { kind: 'moved', from: 'flux', to: 'cloud' } as const;
    const tasks = [taskView({ notes: [moved, rounded] }), taskView({ notes: [rounded] })];
    const { lines } = card(batchView({ tasks }));
    expect(lines.filter((line) => line.startsWith('ℹ️'))).toEqual([
      'ℹ️ flux cannot be reached now: cloud has it instead.',
      'ℹ️ 16:9 is not possible here: made in 3:2, the nearest.',
    ]);
  });
});

describe('a card of a paused pool', () => {
  it('says so, without an end where there is none', () => {
    const task = taskView({ waitsFor: { reason: 'paused', until: null } });
    expect(card(batchView({ tasks: [task] })).lines).toEqual([
      'queued',
      'paused by an administrator',
    ]);
  });
});

describe('a running card', () => {
  const batch = batchView({ tasks: [running] });

  it('shows a bar, the time, a preview and Cancel', () => {
    const preview = { bytes: new Uint8Array([1]), mediaType: 'image/jpeg' };
    const view = card(batch, {
      progress: progressOf('task0', 0.5, { preview }),
      now: secondsIn(12),
    });
    expect(view.lines).toEqual(['▰▰▰▰▰▱▱▱▱▱ 50% · 12 s']);
    expect(view.picture).toEqual({ kind: 'preview', ...preview });
    expect(labels(batch)).toEqual([['Cancel']]);
  });

  it('does not show the progress of an older run', () => {
    const view = card(batch, { progress: progressOf('task0', 0.9, { run: 0 }) });
    expect(view.lines).toEqual(['▱▱▱▱▱▱▱▱▱▱ 0% · 0 s']);
  });

  it('shows a silence from 15 s on', () => {
    const lines = (seconds: number) =>
      card(batch, { progress: progressOf('task0', 0.5), now: secondsIn(seconds) }).lines;
    expect(lines(26)).toHaveLength(1);
    expect(lines(27)[1]).toBe('no news from the image service for 15 s');
  });

  it('is queued, and says so, while no worker takes it', () => {
    const untaken = batchView({ tasks: [{ ...running, begunAt: null }] });
    const lines = (seconds: number) => card(untaken, { now: secondsIn(seconds) }).lines;
    expect(lines(14)).toEqual([expect.stringContaining('0%')]);
    expect(lines(15)).toEqual(['queued', 'nothing has taken it up yet; it starts by itself']);
    const taken = batchView({ tasks: [{ ...running, begunAt: secondsIn(100) }] });
    expect(card(taken, { now: secondsIn(110) }).lines).toHaveLength(1);
    const [, line] = card(taken, { now: secondsIn(116) }).lines;
    expect(line).toBe('no news from the image service for 16 s');
  });

  it('says that it is being cancelled and offers nothing more', () => {
    const ending = batchView({ tasks: [{ ...running, cancelRequested: true }] });
    expect(card(ending).lines).toContain('cancelling…');
    expect(labels(ending)).toEqual([]);
  });

  it('is never full before it is done', () => {
    const [line] = card(batch, { progress: progressOf('task0', 0.999) }).lines;
    expect(line).toContain('▰▰▰▰▰▰▰▰▰▱ 99%');
  });
});

describe('a finished card', () => {
  it('tells images, time, model and seed', () => {
    const batch = batchView({ tasks: [done(4)] });
    const view = card(batch);
    expect(view.lines).toEqual(['4 images · 25.3 s · sketch · seed 7']);
    expect(view.picture).toMatchObject({
      kind: 'results',
      images: [{ id: 'img0' }, { id: 'img1' }, { id: 'img2' }, { id: 'img3' }],
    });
    expect(labels(batch)).toEqual([
      ['U1', 'U2', 'U3', 'U4', '🔄'],
      ['V1', 'V2', 'V3', 'V4', '✏️'],
      ['Originals', 'Edit', 'Delete'],
    ]);
  });

  it('gives each button the image that it is about', () => {
    const [upscale, vary] = card(batchView({ tasks: [done(2)] })).buttons;
    expect(upscale?.map(({ action }) => action)).toEqual([
      { kind: 'upscale', imageId: 'img0' },
      { kind: 'upscale', imageId: 'img1' },
      { kind: 'again', batchId: 'batch0' },
    ]);
    expect(vary?.[1]?.action).toEqual({ kind: 'vary', imageId: 'img1' });
  });

  it('offers the original of a single image, which chats compress, and no again of an upscale', () => {
    expect(labels(batchView({ origin: 'upscale', tasks: [done(1)] }))).toEqual([
      ['U1'],
      ['V1'],
      ['Originals', 'Edit', 'Delete'],
    ]);
  });

  it('does not offer to enlarge what would become too large', () => {
    const images = [imageView({ width: 4000, height: 4000 })];
    expect(labels(batchView({ tasks: [done(1, { images })] }))[0]).toEqual(['🔄']);
  });

  it('keeps the words of its buttons but not its letters to English', () => {
    const chinese = card(batchView({ tasks: [done(2)] }), { texts: texts.inLocale('zh-CN') });
    expect(chinese.lines).toEqual(['2 张图片 · 25.3 秒 · sketch · 种子 7']);
    expect(chinese.buttons.map((row) => row.map(({ label }) => label))).toEqual([
      ['U1', 'U2', '🔄'],
      ['V1', 'V2', '✏️'],
      ['原图', '编辑', '删除'],
    ]);
  });
});

describe('a failed card', () => {
  it('names the reason and what the backend said, and offers Retry', () => {
    const batch = failed({ kind: 'moderated', text: 'Blocked: violence.', billed: 'no' });
    expect(card(batch).lines).toEqual([
      "⚠️ The image service's safety filter blocked this. Blocked: violence. Word it differently.",
    ]);
    expect(labels(batch)).toEqual([['Retry', '✏️', 'Delete']]);
  });

  it('says when it may have been billed', () => {
    const [line] = card(failed({ kind: 'lost', text: null, billed: 'unknown' })).lines;
    expect(line).toMatch(/^⚠️ .*It may have been billed\. Retry runs it once more\.$/);
  });

  it('keeps what a service said without an end from running into what may help', () => {
    const batch = failed({ kind: 'transient', text: 'CUDA out of memory', billed: 'no' });
    expect(card(batch).lines).toEqual([
      '⚠️ The image service failed. CUDA out of memory. Retry runs it once more.',
    ]);
    expect(card(batch, { texts: texts.inLocale('zh-CN') }).lines).toEqual([
      '⚠️ 图像服务出错了。CUDA out of memory。重试即可再运行一次。',
    ]);
  });

  it('has a reason for every kind of failure, in both languages', () => {
    const kinds = [
      'invalid-request',
      'moderated',
      'quota',
      'rate-limited',
      'transient',
      'unavailable',
      'cancelled',
      'deadline',
      'silent',
      'lost',
      'internal',
    ] as const;
    for (const locale of ['en', 'zh-CN']) {
      const reasons = kinds.map((kind) => {
        const batch = failed({ kind, text: null, billed: 'no' });
        return card(batch, { texts: texts.inLocale(locale) }).lines[0];
      });
      expect(new Set(reasons).size).toBe(kinds.length);
    }
  });
});

describe('a card whose images are no longer stored', () => {
  const gone = { ...done(0), images: [] };

  it('says so, leaves the chat’s own pictures alone, and offers what needs no image', () => {
    const view = card(batchView({ tasks: [gone] }));
    expect(view.lines[0]).toContain('images are no longer stored');
    expect(view.picture).toEqual({ kind: 'kept', images: [] });
    expect(labels(batchView({ tasks: [gone] }))).toEqual([['🔄', '✏️'], ['Delete']]);
  });

  it('has those that are stored still, for some may be new', () => {
    const view = card(batchView({ tasks: [gone, { ...done(1), id: 'task1', ordinal: 1 }] }));
    expect(view.picture).toMatchObject({ kind: 'kept', images: [{ label: '2/2' }] });
  });

  it('does not tell those that were never made from those that are gone', () => {
    const failure = { kind: 'moderated', text: null, billed: 'no' } as const;
    const request = { operation: 'generate', prompt: 'a fox', count: 4 } as const;
    const batch = batchView({ tasks: [{ ...gone, request, failure }] });
    expect(card(batch).lines.join()).not.toContain('missing');
  });

  it('counts what is left of several, and numbers none of it', () => {
    const batch = batchView({ tasks: [gone, done(2, { id: 'b' })] });
    expect(card(batch).lines[1]).toContain('2 images · others are no longer stored');
    expect(labels(batch).flat().join(' ')).not.toMatch(/[UV]\d/);
  });

  it('shows nothing where its owner had all of it removed', () => {
    expect(card(batchView({ erased: true, tasks: [gone] })).picture).toBeNull();
  });
});

describe('a cancelled card', () => {
  it('says so and offers Retry', () => {
    const batch = batchView({ tasks: [taskView({ state: 'cancelled' })] });
    expect(card(batch).lines).toEqual(['cancelled']);
    expect(labels(batch)).toEqual([['Retry', '✏️', 'Delete']]);
  });

  it('of several tasks says it once', () => {
    const cancelled = ['a', 'b'].map((id) => taskView({ id, state: 'cancelled' }));
    expect(card(batchView({ tasks: cancelled })).lines).toEqual(['2 cancelled']);
  });

  it('offers what was cancelled where the rest is done, and not beside what failed', () => {
    const cancelled = taskView({ id: 'b', state: 'cancelled' });
    const failure = { kind: 'transient', text: null, billed: 'no' } as const;
    const retries = (batch: BatchView) =>
      labels(batch)
        .flat()
        .filter((label) => label.startsWith('Retry'));
    expect(retries(batchView({ tasks: [done(1), cancelled] }))).toEqual(['Retry']);
    const failed = taskView({ id: 'c', state: 'failed', run: 1, failure });
    expect(retries(batchView({ tasks: [done(1), cancelled, failed] }))).toEqual([
      'Retry failed (1)',
    ]);
    expect(retries(batchView({ tasks: [{ ...running, id: 'd' }, cancelled] }))).toEqual([]);
  });
});

describe('the card of a batch', () => {
  const failure = { kind: 'transient', text: null, billed: 'no' } as const;
  const failedTask = (id: string) => taskView({ id, state: 'failed', run: 1, failure });

  it('counts, shows the whole, and the images as each finishes', () => {
    const tasks = [
      done(1, { id: 'a' }),
      failedTask('b'),
      { ...running, id: 'c' },
      taskView({ id: 'd' }),
    ];
    const batch = batchView({ tasks });
    const view = card(batch, { progress: progressOf('c', 0.5), now: secondsIn(12) });
    expect(view.lines).toEqual([
      '1 done · 1 failed · 2 left',
      '▰▰▰▰▰▰▱▱▱▱ 62% · 12 s',
      '⚠️ The image service failed. Retry runs it once more.',
    ]);
    expect(view.picture).toMatchObject({ kind: 'results', images: [{ id: 'img0' }] });
    expect(labels(batch)).toEqual([['Retry failed (1)', 'Cancel']]);
  });

  it('tells a reason that several tasks share once', () => {
    const view = card(batchView({ tasks: [failedTask('a'), failedTask('b')] }));
    expect(view.lines).toEqual([
      '2 failed',
      '⚠️ The image service failed. Retry runs it once more. (×2)',
    ]);
  });

  it('says where nobody knows whether images beside it arrived, and offers to send them again', () => {
    const batch = batchView({ tasks: [done(4, { id: 'a' }), done(4, { id: 'b' })] });
    const post = { id: 'p1', imageIds: ['img0', 'img1'], messageIds: [], beganAt: start };
    const doubtful = card(batch, { posts: [{ ...post, state: 'doubtful' }] });
    expect(doubtful.lines.at(-1)).toBe('2 images may not have arrived.');
    expect(doubtful.buttons.flat().map(({ label }) => label)).toContain('Send again');
    const known = card(batch, { posts: [{ ...post, state: 'sent' }] });
    expect(known.lines.join()).not.toContain('arrived');
    expect(known.buttons.flat().map(({ label }) => label)).not.toContain('Send again');
  });

  it('labels no image by a model that others of the batch only have not got yet', () => {
    const tasks = [done(1), taskView({ id: 'b', ordinal: 1, model: null })];
    expect(card(batchView({ tasks })).picture).toMatchObject({ images: [{ label: '1/2' }] });
  });

  it('labels the images where the models differ', () => {
    const tasks = [
      done(1, { id: 'a', model: 'flux' }),
      done(1, { id: 'b', model: 'sdxl', images: [imageView({ id: 'img9' })] }),
    ];
    const view = card(batchView({ tasks }));
    expect(view.lines[1]).toBe('2 images · 25.3 s · flux + sdxl · seed 7');
    expect(view.picture).toMatchObject({
      images: [
        { description: 'Image 1 of 2: a fox · flux' },
        { description: 'Image 2 of 2: a fox · sdxl' },
      ],
    });
  });

  it('has no buttons for single images beyond four', () => {
    const batch = batchView({ tasks: [done(4, { id: 'a' }), done(4, { id: 'b' })] });
    expect(labels(batch)).toEqual([
      ['🔄', '✏️'],
      ['Originals', 'Zip', 'Delete'],
    ]);
  });

  it('never has more than five buttons in a row', () => {
    const batch = batchView({ tasks: [done(4), failedTask('b')] });
    expect(Math.max(...labels(batch).map((row) => row.length))).toBeLessThanOrEqual(5);
    expect(labels(batch).at(-1)).toEqual([
      'Retry failed (1)',
      'Originals',
      'Edit',
      'Zip',
      'Delete',
    ]);
  });
});

describe('a card of a batch', () => {
  const variant = (id: string, prompt: string, model: string) =>
    done(1, { id, model, request: { operation: 'generate', prompt, count: 1 } });

  it('says by number in what its tasks differ', () => {
    const tasks = [
      variant('a', 'a red fox in snow', 'flux'),
      variant('b', 'a blue fox in snow', 'flux'),
      variant('c', 'a red fox in snow', 'sketch'),
    ];
    expect(card(batchView({ tasks })).lines.slice(-3)).toEqual([
      '1 · flux · red',
      '2 · flux · blue',
      '3 · sketch · red',
    ]);
    const same = [variant('a', 'a fox', 'flux'), variant('b', 'a fox', 'flux')];
    expect(card(batchView({ tasks: same })).lines.join('\n')).not.toMatch(/^[12] ·/m);
  });

  it('names what was left out and why, the first few of many', () => {
    const notes = ['1.png', '2.png', '3.png', '4.png', '5.png'].map((name) => ({
      ...({ kind: 'image-left-out', name, problem: { kind: 'encrypted' } } as const),
    }));
    const view = card(batchView({ notes: [...notes, { kind: 'more-left-out', count: 3 }] }));
    expect(view.lines.slice(1).map((line) => readUserWords(line))).toEqual([
      ...['1', '2', '3', '4'].map(
        (name) => `Left out: “${name}.png” is encrypted. Pack it without a password.`,
      ),
      '… and 4 more were left out',
    ]);
  });

  it('says that its images came after the rest of their album', () => {
    expect(card(batchView({ notes: [{ kind: 'late-parts' }] })).lines[1]).toContain('came when');
  });
});
