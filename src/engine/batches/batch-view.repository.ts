import { sql } from 'kysely';
import type { RequestNote } from '../backends/request-adaptation.js';
import type { Database, Transaction } from '../db/connection.js';
import { automaticRetries } from '../tasks/retry-policy.js';
import type { WaitReason } from '../tasks/task.repository.js';
import type { TaskState } from '../tasks/task-state.js';
import type { User } from '../users/user.js';
import type {
  BatchCounts,
  BatchView,
  ImageView,
  TaskFailure,
  TaskRequest,
  TaskView,
} from './batch.js';

/**
 * Everything that is said of the batch `batches.id`, as one JSON value: one statement reads cards
 * and all they show, and a task that is read as completed has its images.
 */
export const batchAsJson = sql<BatchJson>`(
  select json_build_object(
    'id', batches.id, 'scopeId', batches.scope_id, 'origin', batches.origin,
    'parentBatchId', batches.parent_batch_id, 'prompt', batches.prompt,
    'private', batches.private, 'erased', batches.erased_at is not null, 'notes', batches.notes, 'createdAt', batches.created_at,
    'owner', (
      select json_build_object(
        'id', coalesce(users.account_id, users.id), 'platform', users.platform,
        'platformUserId', users.platform_user_id, 'name', users.name,
        'locale', coalesce(users.language, users.locale))
      from users where users.id = batches.user_id or users.account_id = batches.user_id
      order by (users.platform = batches.update_platform) desc limit 1),
    'tasks', coalesce((
      select json_agg(json_build_object(
        'id', tasks.id, 'ordinal', tasks.ordinal, 'state', tasks.state,
        'runNumber', tasks.run_number, 'request', tasks.request, 'model', tasks.model,
        'seed', tasks.seed, 'notes', tasks.notes, 'retries', tasks.retries, 'availableAt', tasks.available_at,
        'waitReason', tasks.wait_reason, 'deadlineAt', tasks.deadline_at,
        'cancelRequestedAt', tasks.cancel_requested_at, 'failureKind', tasks.failure_kind,
        'failureText', tasks.failure_text, 'failureBilled', tasks.failure_billed,
        'createdAt', tasks.created_at, 'startedAt', tasks.started_at,
        'finishedAt', tasks.finished_at,
        'begunAt', case tasks.state when 'processing' then (
          select runs.started_at from runs
          where runs.task_id = tasks.id and runs.number = tasks.run_number) end,
        'images', case tasks.state when 'completed' then coalesce((
          select json_agg(json_build_object(
            'id', images.id, 'index', images.index, 'mediaType', images.media_type,
            'width', images.width, 'height', images.height, 'byteLength', images.byte_length,
            'seed', images.seed) order by images.index)
          from images where images.task_id = tasks.id and images.removed_at is null), '[]')
          else '[]' end
      ) order by tasks.ordinal)
      from tasks where tasks.batch_id = batches.id), '[]'))
)`.as('batch');

export interface BatchJson extends Omit<BatchView, 'createdAt' | 'counts' | 'tasks' | 'owner'> {
  readonly createdAt: string;
  readonly owner: User;
  readonly tasks: readonly TaskJson[];
}

interface TaskJson {
  readonly id: string;
  readonly ordinal: number;
  readonly state: TaskState;
  readonly runNumber: number;
  readonly request: TaskRequest;
  readonly model: string | null;
  readonly seed: number | null;
  readonly notes: readonly RequestNote[];
  readonly retries: number;
  readonly availableAt: string | null;
  readonly waitReason: WaitReason | null;
  readonly deadlineAt: string | null;
  readonly cancelRequestedAt: string | null;
  readonly failureKind: TaskFailure['kind'] | null;
  readonly failureText: string | null;
  readonly failureBilled: TaskFailure['billed'] | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly begunAt: string | null;
  readonly finishedAt: string | null;
  readonly images: readonly ImageView[];
}

/** Whole views of several batches, in one statement however many they are. */
export async function readBatches(
  db: Database | Transaction,
  batchIds: readonly string[],
): Promise<Map<string, BatchView>> {
  if (batchIds.length === 0) return new Map();
  const { rows } = await sql<{ readonly batch: BatchJson }>`
    select ${batchAsJson} from batches where batches.id = any(${batchIds})`.execute(db);
  return new Map(rows.map(({ batch }) => [batch.id, viewBatch(batch)]));
}

export function viewBatch(batch: BatchJson): BatchView {
  const tasks = batch.tasks.map(viewTask);
  const createdAt = new Date(batch.createdAt);
  return { ...batch, createdAt, counts: countStates(tasks), tasks };
}

function countStates(tasks: readonly TaskView[]): BatchCounts {
  const counts = { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const task of tasks) counts[task.state] += 1;
  return { ...counts, total: tasks.length };
}

function viewTask(task: TaskJson): TaskView {
  const waits = task.state === 'pending' && task.waitReason !== null;
  const availableAt = dateOf(task.availableAt);
  return {
    id: task.id,
    ordinal: task.ordinal,
    state: task.state,
    run: task.runNumber,
    request: task.request,
    model: task.model ?? task.request.model ?? null,
    seed: task.seed,
    notes: task.notes,
    failure:
      (task.state === 'failed' || task.state === 'completed') && task.failureKind
        ? {
            kind: task.failureKind,
            text: task.failureText,
            billed: task.failureBilled ?? 'no',
          }
        : null,
    retry:
      waits && task.waitReason === 'retry' && availableAt
        ? { attempt: task.retries, of: automaticRetries, at: availableAt }
        : null,
    waitsFor: waits ? waitOf(task) : null,
    cancelRequested: task.cancelRequestedAt !== null,
    createdAt: new Date(task.createdAt),
    startedAt: dateOf(task.startedAt),
    begunAt: dateOf(task.begunAt),
    finishedAt: dateOf(task.finishedAt),
    images: task.images,
  };
}

function waitOf({ waitReason, deadlineAt }: TaskJson): TaskView['waitsFor'] {
  const until = dateOf(deadlineAt);
  if (waitReason === null || waitReason === 'retry') return null;
  if (waitReason === 'paused') return { reason: waitReason, until };
  return until && { reason: waitReason, until };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
