import { sql } from 'kysely';
import type { RequestNote } from '../backends/request-adaptation.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';
import { globalScope } from '../settings/setting.repository.js';
import { weightKey } from '../settings/weight.js';
import type { SubmitRequest, TaskRequest } from './batch.js';

export interface NewTask {
  readonly id: string;
  readonly ordinal: number;
  readonly pool: string;
  readonly request: TaskRequest;
  /** Null where the service draws from seeds of its own. */
  readonly seed: number | null;
  readonly notes: readonly RequestNote[];
}

export interface Submission {
  readonly batchId: string;
  readonly request: SubmitRequest;
  readonly tasks: readonly NewTask[];
  /** The person's share of turns, where no setting says another. */
  readonly weight: number;
  /** Waiting tasks of one person, at most. */
  readonly maxWaiting: number;
  /** The tasks note today (UTC) as the day that their images count for. */
  readonly isCharged: boolean;
}

export type SubmissionOutcome =
  | { readonly kind: 'made' }
  /** Its source update had made this batch before. */
  | { readonly kind: 'known'; readonly batchId: string }
  | { readonly kind: 'too-many-waiting'; readonly waiting: number }
  /** The same update is being dealt with at the same moment: asked again, it is known. */
  | { readonly kind: 'contested' };

/**
 * Batch, tasks, card and lanes, and the source update closed, in one statement: it stands or falls
 * as a whole also without a transaction around it. The lanes are locked before what waits in them is
 * counted, so that two requests of one person can't both take the last place.
 */
export async function insertSubmission(
  db: Database | Transaction,
  effects: Effects,
  submission: Submission,
): Promise<SubmissionOutcome> {
  const { batchId, request, tasks, weight, maxWaiting, isCharged } = submission;
  const { user, update } = request;
  const pools = [...new Set(tasks.map(({ pool }) => pool))].sort();
  const inputs = tasks.flatMap(({ id, request: { inputId, maskId, referenceIds = [] } }) =>
    [inputId, maskId, ...referenceIds]
      .filter((input) => input !== undefined)
      .map((input) => ({ task: id, input })),
  );
  const { rows } = await sql<{ made: string | null; known: string | null; waiting: number }>`
    with known as (
      select id from batches
      where update_platform = ${update.platform} and update_key = ${update.key}
    ),
    joined as (
      insert into lanes (pool, user_id, virtual_time, weight)
      select pool, ${user.id}, coalesce((select virtual_time from pools where name = pool), 0),
        coalesce(
          (select value::float8 from settings
            where scope_id = ${globalScope} and key = ${weightKey(user.id)}),
          ${weight}::float8)
      from unnest(${pools}::text[]) pool where not exists (select from known) order by pool
      on conflict (pool, user_id) do update set weight = excluded.weight
      returning waiting
    ),
    counted as (
      select coalesce((select sum(waiting) from joined), 0) + coalesce((
        select sum(waiting) from lanes
        where user_id = ${user.id} and pool <> all(${pools}::text[])), 0) as waiting
    ),
    made as (
      insert into batches (
        id, user_id, scope_id, origin, parent_batch_id, prompt, private, notes, update_platform,
        update_key)
      select ${batchId}, ${user.id}, ${request.scopeId}, ${request.origin},
        ${request.parentBatchId ?? null}, ${request.prompt}, ${request.private}::boolean,
        ${JSON.stringify(request.notes ?? [])}::jsonb, ${update.platform}, ${update.key}
      from counted
      where not exists (select from known) and waiting + ${tasks.length}::int <= ${maxWaiting}::int
      on conflict (update_platform, update_key) do nothing
      returning id
    ),
    added as (
      insert into tasks (id, batch_id, ordinal, user_id, pool, request, seed, notes, charged_on)
      select task.id, made.id, task.ordinal, ${user.id}, task.pool, task.request, task.seed,
        task.notes, case when ${isCharged}::boolean then (now() at time zone 'utc')::date end
      from made, jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb)
        task (id text, ordinal integer, pool text, request jsonb, seed bigint, notes jsonb)
      order by task.ordinal
    ),
    given as (
      insert into task_inputs (task_id, input_id)
      select given.task, given.input from made,
        jsonb_to_recordset(${JSON.stringify(inputs)}::jsonb) given (task text, input text)
      on conflict do nothing
    ),
    shown as (
      insert into cards (batch_id, platform, address)
      select id, ${update.platform}, ${JSON.stringify(request.address)}::jsonb from made
    ),
    closed as (
      update updates set closed_at = now(), payload = null
      where platform = ${update.platform} and closed_at is null
        and key = any(${[update.key, ...(update.partKeys ?? [])]}::text[])
        and (exists (select from made) or exists (select from known))
    )
    select (select id from made) as made, (select id from known) as known,
      waiting::int as waiting
    from counted`.execute(db);
  const [row] = rows;
  if (row?.known) return { kind: 'known', batchId: row.known };
  if (row?.made) {
    effects.card(update.platform, batchId);
    for (const pool of pools) effects.wake(pool);
    return { kind: 'made' };
  }
  const waiting = row?.waiting ?? 0;
  return waiting + tasks.length > maxWaiting
    ? { kind: 'too-many-waiting', waiting }
    : { kind: 'contested' };
}
