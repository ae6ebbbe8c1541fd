import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { BackendCapabilities } from '../../../src/engine/backends/backend.js';
import { BackendError } from '../../../src/engine/backends/backend-error.js';
import type { BatchView } from '../../../src/engine/batches/batch.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend, type ScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const refused = () => new BackendError('refused', { kind: 'unavailable', retryable: true });

/** Long enough to be seen at rest. */
const slowRest = {
  checkEveryMs: 500,
  recheckMs: 50,
  timeoutMs: 2_000,
  deadAfterMs: 300,
  restMs: 4_000,
};

async function startWith(...backends: ScriptedBackend[]): Promise<void> {
  harness = await startEngine([poolOf(backends)]);
}

/** A task that runs and has told of itself, on a backend that then answers nothing any more. */
async function runOnDying(backend: ScriptedBackend): Promise<string> {
  backend.hold = true;
  const batchId = await harness.submit(await harness.user('ann'));
  await eventually(() => expect(backend.held).toHaveLength(1));
  backend.held[0]?.context.onProgress({ fraction: 0.3 });
  backend.dead = true;
  return batchId;
}

describe('an instance that is away', () => {
  it('gets no tasks: they go to another of its pool', async () => {
    const [dead, well] = [createScriptedBackend('dead'), createScriptedBackend('well')];
    dead.dead = true;
    dead.failWith(...Array.from({ length: 20 }, refused));
    await startWith(dead, well);
    const ann = await harness.user('ann');
    const ids = await Promise.all(Array.from({ length: 20 }, () => harness.submit(ann)));
    for (const id of ids) await harness.until(id, (view) => view.counts.completed === 1);
    expect(well.submissions).toHaveLength(20);
    // What was on its way before the first failure.
    expect(dead.submissions.length).toBeLessThanOrEqual(4);
  });

  it('hands a refused task on at once, without a word on the card', async () => {
    const backends = [createScriptedBackend('a'), createScriptedBackend('b')];
    for (const backend of backends) backend.failWith(refused());
    await startWith(...backends);
    const batchId = await harness.submit(await harness.user('ann'));
    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(batch.tasks[0]?.retry).toBeNull();
    const { deadlineAt, retries } = await harness.db
      .selectFrom('tasks')
      .select(['deadlineAt', 'retries'])
      .executeTakeFirstOrThrow();
    expect({ deadlineAt, retries }).toEqual({ deadlineAt: null, retries: 0 });
  });

  it('lets its tasks wait with a reason and an end, and takes them as soon as it is back', async () => {
    const backend = createScriptedBackend();
    backend.dead = true;
    backend.failWith(refused());
    await startWith(backend);
    const ann = await harness.user('ann');
    const first = await harness.submit(ann);
    const waits = await harness.until(first, (view) => view.tasks[0]?.waitsFor != null);
    expect(waits.tasks[0]?.waitsFor?.reason).toBe('unavailable');
    // Of one that never began, too.
    const second = await harness.submit(ann);
    await harness.until(second, (view) => view.tasks[0]?.waitsFor?.reason === 'unavailable');
    expect(backend.submissions.length).toBeLessThanOrEqual(1);
    // Not by the end of a back-off.
    await harness.db
      .updateTable('tasks')
      .set({ availableAt: new Date(Date.now() + 3_600_000) })
      .where('availableAt', 'is not', null)
      .execute();
    backend.dead = false;
    await harness.until(first, (view) => view.counts.completed === 1);
    await harness.until(second, (view) => view.counts.completed === 1);
  });

  it('is forgotten of what waits once it is back, though nothing can begin yet', async () => {
    const backend = createScriptedBackend();
    backend.dead = true;
    backend.hold = true;
    harness = await startEngine([poolOf([backend], 1)]);
    const ann = await harness.user('ann');
    const ids = [await harness.submit(ann), await harness.submit(ann)];
    for (const id of ids) await harness.until(id, (view) => view.tasks[0]?.waitsFor != null);
    backend.dead = false;
    await eventually(() => expect(backend.held).toHaveLength(1));
    const waiting = await harness.until(ids[1] ?? '', (view) => view.tasks[0]?.waitsFor === null);
    expect(waiting.counts.pending).toBe(1);
    const { deadlineAt } = await harness.db
      .selectFrom('tasks')
      .select('deadlineAt')
      .where('state', '=', 'pending')
      .executeTakeFirstOrThrow();
    expect(deadlineAt).toBeNull();
  });
});

describe('an instance that fails runs in a row', () => {
  it('rests, tells so to who comes then, and goes on after a check', async () => {
    const backend = createScriptedBackend();
    const busy = () =>
      new BackendError('busy', { kind: 'transient', retryable: true, retryAfterMs: 1 });
    backend.failWith(busy(), busy(), busy());
    harness = await startEngine([poolOf([backend])], { healthTimes: slowRest });
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, [{}, {}, {}]);
    await eventually(() => expect(backend.submissions).toHaveLength(3));
    const next = await harness.submit(ann);
    await harness.until(next, (view) => view.tasks[0]?.waitsFor?.reason === 'unavailable');
    await harness.until(next, (view) => view.counts.completed === 1);
    await harness.until(batchId, (view) => view.counts.completed === 3);
    expect(backend.submissions).toHaveLength(7);
  });
});

describe('an instance that refuses us', () => {
  const misconfigured = () =>
    new BackendError('401', {
      kind: 'unavailable',
      retryable: false,
      operatorText: 'refuses the key',
    });
  const isMisconfigured = (view: BatchView) =>
    view.tasks.every(({ failure }) => failure?.kind === 'misconfigured');

  it('fails what waits and what comes at once, and serves again once that is mended', async () => {
    const backend = createScriptedBackend();
    backend.dead = true;
    await startWith(backend);
    const ann = await harness.user('ann');
    const waiting = await harness.submit(ann, [{}, {}]);
    await harness.until(waiting, (view) => view.tasks[0]?.waitsFor?.reason === 'unavailable');
    backend.refusal = misconfigured();
    await harness.until(waiting, isMisconfigured);
    await harness.until(await harness.submit(ann), isMisconfigured);
    expect(backend.submissions).toEqual([]);

    backend.refusal = undefined;
    backend.dead = false;
    await eventually(async () =>
      expect((await harness.engine.backends.list())[0]?.state).toBe('well'),
    );
    const later = await harness.submit(ann);
    await harness.until(later, (view) => view.counts.completed === 1);
  });

  it('is told to operators once, however many tasks it fails', async () => {
    const said: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => said.push(JSON.parse(line).msg) });
    const backend = createScriptedBackend();
    backend.refusal = misconfigured();
    harness = await startEngine([poolOf([backend])], { log });
    const ann = await harness.user('ann');
    for (let count = 0; count < 3; count += 1) {
      await harness.until(await harness.submit(ann), isMisconfigured);
    }
    expect(said).toEqual(['refuses the key']);
    const shown = { state: 'misconfigured', lastError: { text: 'refuses the key' } };
    await eventually(async () =>
      expect((await harness.engine.backends.list())[0]).toMatchObject(shown),
    );
  });

  it('leaves its tasks to others of its pool', async () => {
    const [closed, open] = [createScriptedBackend('closed'), createScriptedBackend('open')];
    closed.refusal = misconfigured();
    closed.failWith(...Array.from({ length: 10 }, misconfigured));
    await startWith(closed, open);
    const ann = await harness.user('ann');
    const ids = await Promise.all(Array.from({ length: 10 }, () => harness.submit(ann)));
    for (const id of ids) await harness.until(id, (view) => view.counts.completed === 1);
  });

  it('rests where only a run finds it out, and fails tasks without asking it meanwhile', async () => {
    const backend = createScriptedBackend();
    backend.failWith(misconfigured());
    const healthTimes = { ...slowRest, restMs: 600_000 };
    harness = await startEngine([poolOf([backend])], { healthTimes });
    const ann = await harness.user('ann');
    await harness.until(await harness.submit(ann), isMisconfigured);
    await harness.until(await harness.submit(ann), isMisconfigured);
    expect(backend.submissions).toHaveLength(1);
  });

  it('is not judged by a model that is not open to us', async () => {
    const backend = createScriptedBackend();
    const closed = () =>
      new BackendError('404', { kind: 'unavailable', retryable: false, isOfModel: true });
    backend.failWith(closed(), closed(), closed(), closed());
    await startWith(backend);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, [{}, {}, {}, {}]);
    await harness.until(batchId, isMisconfigured);
    expect(backend.submissions).toHaveLength(4);
    const next = await harness.submit(ann);
    await harness.until(next, (view) => view.counts.completed === 1);
  });
});

describe('a run on an instance that stops answering', () => {
  const ends: [string, Partial<BackendCapabilities>][] = [
    ['free', { resumable: false }],
    ['free and resumable', { resumable: true }],
  ];
  it.each(ends)('goes to another instance where it is %s', async (_name, capabilities) => {
    const dying = createScriptedBackend('dying', capabilities);
    const other = createScriptedBackend('other', capabilities);
    other.dead = true;
    await startWith(dying, other);
    const batchId = await runOnDying(dying);
    other.dead = false;
    await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(other.submissions).toHaveLength(1);
    expect(dying.detached).toHaveLength(1);
    expect(dying.cancelled).toEqual([]);
  });

  it.each([false, true])('is resumed once the instance is back (paid: %s)', async (paid) => {
    const backend = createScriptedBackend('box', { resumable: true, paid });
    await startWith(backend);
    const batchId = await runOnDying(backend);
    await harness.until(batchId, (view) => view.tasks[0]?.waitsFor?.reason === 'unavailable');
    backend.hold = false;
    backend.dead = false;
    await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(backend.submissions).toHaveLength(1);
    expect(backend.resumes).toHaveLength(1);
  });

  it('waits for that instance where it was paid for, though another is well', async () => {
    const api = { resumable: true, paid: true };
    const dying = createScriptedBackend('dying', api);
    const other = createScriptedBackend('other', api);
    other.dead = true;
    await startWith(dying, other);
    const batchId = await runOnDying(dying);
    other.dead = false;
    await harness.until(batchId, (view) => view.tasks[0]?.waitsFor?.reason === 'unavailable');
    // Another task of the same person goes by.
    const next = await harness.submit(await harness.user('ann'));
    await harness.until(next, (view) => view.counts.completed === 1);
    expect(other.submissions).toHaveLength(1);
    dying.hold = false;
    dying.dead = false;
    await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(dying.resumes).toHaveLength(1);
  });

  it('fails with "may have been billed" where it was paid for and cannot be resumed', async () => {
    const backend = createScriptedBackend('api', { paid: true });
    await startWith(backend);
    const batchId = await runOnDying(backend);
    const batch = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(batch.tasks[0]?.failure).toMatchObject({ kind: 'unavailable', billed: 'unknown' });
    expect(backend.submissions).toHaveLength(1);
  });

  it('goes on where the run itself still tells of progress', async () => {
    const backend = createScriptedBackend('box');
    await startWith(backend);
    backend.hold = true;
    const ann = await harness.user('ann');
    const silent = await harness.submit(ann);
    const talking = await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(2));
    const run = backend.held.find(
      ({ request }) => request.runKey === backend.submissions[1]?.runKey,
    );
    const chatter = setInterval(() => run?.context.onProgress({ fraction: 0.5 }), 20);
    backend.dead = true;
    // The other one's end shows that the talking one could have been given up, too.
    await eventually(() => expect(backend.detached).toEqual([backend.submissions[0]?.runKey]));
    run?.finish();
    clearInterval(chatter);
    await harness.until(talking, (view) => view.counts.completed === 1);
    await harness.until(silent, (view) => view.counts.completed === 0);
    expect(backend.submissions).toHaveLength(2);
  });
});

describe('silence', () => {
  it('is borne as long as the backend itself says', async () => {
    const backend = createScriptedBackend('box', { silenceLimitMs: 300 });
    await startWith(backend);
    backend.hold = true;
    const batchId = await harness.submit(await harness.user('ann'));
    const batch = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(batch.tasks[0]?.failure?.kind).toBe('silent');
    expect(backend.cancelled).toHaveLength(1);
  });
});
