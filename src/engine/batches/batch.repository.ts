import { type Selectable, sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import type { DB } from '../db/tables.js';
import { automaticRetries } from '../tasks/retry-policy.js';
import type { User } from '../users/user.js';
import type { BatchCounts, BatchView, ImageView, SubmitRequest, TaskView } from './batch.js';

/** Inserts the batch, unless its source update has made one: then says which. */
export async function insertBatch(
  trx: Transaction,
  batchId: string,
  request: SubmitRequest,
): Promise<{ readonly batchId: string; readonly created: boolean }> {
  const inserted = await trx
    .insertInto('batches')
    .values({
      id: batchId,
      userId: request.user.id,
      scopeId: request.scopeId,
      origin: request.origin,
      parentBatchId: request.parentBatchId ?? null,
      prompt: request.prompt,
      private: request.private,
      notes: JSON.stringify(request.notes ?? []),
      updatePlatform: request.update.platform,
      updateKey: request.update.key,
    })
    .onConflict((conflict) => conflict.columns(['updatePlatform', 'updateKey']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { batchId, created: true };
  const existing = await trx
    .selectFrom('batches')
    .select('id')
    .where('updatePlatform', '=', request.update.platform)
    .where('updateKey', '=', request.update.key)
    .executeTakeFirstOrThrow();
  return { batchId: existing.id, created: false };
}

export interface BatchOwner extends Pick<User, 'id' | 'platform' | 'platformUserId'> {
  /** Where the batch was made. */
  readonly scopeId: string;
}

/** The user who made the batch. */
export async function readOwner(
  trx: Transaction,
  batchId: string,
): Promise<BatchOwner | undefined> {
  return trx
    .selectFrom('batches')
    .innerJoin('users', 'users.id', 'batches.userId')
    .select(['users.id', 'users.platform', 'users.platformUserId', 'batches.scopeId'])
    .where('batches.id', '=', batchId)
    .executeTakeFirst();
}

/** With its tasks, runs, images and card. What the store holds goes separately. */
export async function deleteBatch(trx: Transaction, batchId: string): Promise<void> {
  await trx.deleteFrom('batches').where('id', '=', batchId).execute();
}

/** Own batches with something waiting or running, oldest first. */
export async function findActiveBatchIds(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('tasks')
    .innerJoin('batches', 'batches.id', 'tasks.batchId')
    .select(['batches.id', 'batches.createdAt'])
    .distinct()
    .where('tasks.userId', '=', userId)
    .where('tasks.state', 'in', ['pending', 'processing'])
    .orderBy('batches.createdAt')
    .execute();
  return rows.map((row) => row.id);
}

/** Whole views of several batches, in two queries however many they are. */
export async function readBatches(
  db: Database | Transaction,
  batchIds: readonly string[],
): Promise<Map<string, BatchView>> {
  if (batchIds.length === 0) return new Map();
  const [batches, tasks] = await Promise.all([
    db
      .selectFrom('batches')
      .innerJoin('users', 'users.id', 'batches.userId')
      .select([
        'batches.id',
        'batches.userId',
        'batches.scopeId',
        'batches.origin',
        'batches.parentBatchId',
        'batches.prompt',
        'batches.private',
        'batches.notes',
        'batches.createdAt',
        'users.platform',
        'users.platformUserId',
        'users.name',
        'users.locale',
      ])
      .where('batches.id', 'in', batchIds)
      .execute(),
    db
      .selectFrom('tasks')
      .selectAll()
      // In one statement: a task that is read as completed has its images.
      .select(imagesOfTask)
      .where('batchId', 'in', batchIds)
      .orderBy('batchId')
      .orderBy('ordinal')
      .execute(),
  ]);
  const tasksByBatch = groupBy(tasks, (task) => task.batchId);
  return new Map(
    batches.map((row) => {
      const views = (tasksByBatch.get(row.id) ?? []).map(viewTask);
      const view: BatchView = {
        id: row.id,
        owner: {
          id: row.userId,
          platform: row.platform,
          platformUserId: row.platformUserId,
          name: row.name,
          locale: row.locale,
        },
        scopeId: row.scopeId,
        origin: row.origin,
        parentBatchId: row.parentBatchId,
        prompt: row.prompt,
        private: row.private,
        notes: row.notes,
        createdAt: row.createdAt,
        counts: countStates(views),
        tasks: views,
      };
      return [row.id, view];
    }),
  );
}

function countStates(tasks: readonly TaskView[]): BatchCounts {
  const counts = { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const task of tasks) counts[task.state] += 1;
  return { ...counts, total: tasks.length };
}

/** As JSON, which writes names as they are given. */
const imagesOfTask = sql<readonly ImageView[]>`coalesce((
  select json_agg(json_build_object(
    'id', id, 'index', index, 'mediaType', media_type, 'width', width, 'height', height,
    'byteLength', byte_length, 'seed', seed) order by index)
  from images where images.task_id = tasks.id), '[]')`.as('images');

function viewTask(
  task: Selectable<DB['tasks']> & { readonly images: readonly ImageView[] },
): TaskView {
  const waits = task.state === 'pending' && task.waitReason !== null;
  return {
    id: task.id,
    ordinal: task.ordinal,
    state: task.state,
    run: task.runNumber,
    request: task.request,
    model: task.model ?? task.request.model ?? null,
    seed: task.seed,
    failure:
      task.state === 'failed' && task.failureKind
        ? {
            kind: task.failureKind,
            text: task.failureText,
            billed: task.failureBilled ?? 'no',
          }
        : null,
    retry:
      waits && task.waitReason === 'retry' && task.availableAt
        ? { attempt: task.retries, of: automaticRetries, at: task.availableAt }
        : null,
    waitsFor: waits ? waitOf(task) : null,
    cancelRequested: task.cancelRequestedAt !== null,
    createdAt: task.createdAt,
    startedAt: task.startedAt,
    finishedAt: task.finishedAt,
    images: task.images,
  };
}

function waitOf({ waitReason, deadlineAt }: Selectable<DB['tasks']>): TaskView['waitsFor'] {
  if (waitReason === null || waitReason === 'retry') return null;
  if (waitReason === 'paused') return { reason: waitReason, until: deadlineAt };
  return deadlineAt && { reason: waitReason, until: deadlineAt };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
