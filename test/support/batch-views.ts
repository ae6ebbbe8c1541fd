import type { BatchView, ImageView, TaskView, User } from '../../src/engine/index.js';

/** Views of batches as the engine would give them, with only what a test is about told. */

const ada: User = {
  id: 'user-ada',
  platform: 'telegram',
  platformUserId: '100',
  name: 'Ada',
  locale: 'en',
};

export function imageView(image: Partial<ImageView> = {}): ImageView {
  return {
    id: 'img0',
    index: 0,
    mediaType: 'image/png',
    width: 1024,
    height: 1024,
    byteLength: 1000,
    seed: 7,
    ...image,
  };
}

export function taskView(task: Partial<TaskView> = {}): TaskView {
  return {
    id: 'task0',
    ordinal: 0,
    notes: [],
    state: 'pending',
    run: 0,
    request: { operation: 'generate', prompt: 'a fox', count: 1 },
    model: 'sketch',
    seed: 7,
    failure: null,
    retry: null,
    waitsFor: null,
    cancelRequested: false,
    createdAt: new Date('2026-11-20T12:00:00Z'),
    startedAt: null,
    begunAt: task.startedAt ?? null,
    finishedAt: null,
    images: [],
    ...task,
  };
}

/** The counts follow from the tasks. */
export function batchView(batch: Partial<Omit<BatchView, 'counts'>> = {}): BatchView {
  const tasks = batch.tasks ?? [taskView()];
  const count = (state: TaskView['state']) => tasks.filter((task) => task.state === state).length;
  return {
    id: 'batch0',
    owner: ada,
    scopeId: 'telegram:1',
    origin: 'imagine',
    parentBatchId: null,
    prompt: 'a fox',
    private: false,
    erased: false,
    notes: [],
    createdAt: new Date('2026-11-20T12:00:00Z'),
    ...batch,
    tasks,
    counts: {
      pending: count('pending'),
      processing: count('processing'),
      completed: count('completed'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      total: tasks.length,
    },
  };
}
