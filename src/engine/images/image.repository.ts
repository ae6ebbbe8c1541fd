import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import { createId } from '../ids.js';

/** A finished image that the store holds already. */
export interface NewImage {
  readonly id: string;
  readonly index: number;
  readonly storageKey: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
  readonly seed: number | null;
  /** What its backend tells of how it was made. */
  readonly parameters: Readonly<Record<string, string | number>> | null;
  readonly workflowHash: string | null;
}

/** Inserts the images of runs, for a statement that has completed tasks as `moved`, of `results`. */
export const imageInsertion = sql`
  insert into images (
    id, task_id, run_number, index, storage_key, media_type, width, height, byte_length, seed,
    parameters, workflow_hash)
  select image.id, moved.id, moved.run_number, image.index, image."storageKey", image."mediaType",
    image.width, image.height, image."byteLength", image.seed, image.parameters,
    image."workflowHash"
  from moved
  join results on results."taskId" = moved.id and results.run = moved.run_number,
    jsonb_to_recordset(results.images) image (
      id text, index integer, "storageKey" text, "mediaType" text, width integer, height integer,
      "byteLength" integer, seed bigint, parameters jsonb, "workflowHash" text)`;

/** Where stored images are, by their ids. */
export async function findImages(db: Database, imageIds: readonly string[]) {
  const rows = await db
    .selectFrom('images')
    .innerJoin('tasks', 'tasks.id', 'images.taskId')
    .select([
      'images.id',
      'images.storageKey',
      'images.mediaType',
      'images.width',
      'images.height',
      'images.removedAt',
      'tasks.batchId',
    ])
    .where(sql<boolean>`images.id = any(${imageIds})`)
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  return imageIds.map((id) => found.get(id));
}

export interface NewInput {
  readonly storageKey: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
}

export async function insertInput(db: Database, input: NewInput): Promise<string> {
  const id = createId();
  await db
    .insertInto('inputs')
    .values({ ...input, id })
    .execute();
  return id;
}

export async function findInputs(db: Database, inputIds: readonly string[]) {
  if (inputIds.length === 0) return [];
  return db.selectFrom('inputs').selectAll().where('id', 'in', inputIds).execute();
}

/** Storage keys that only these tasks use: what may be deleted with them. */
export async function storageKeysOf(
  trx: Transaction,
  taskIds: readonly string[],
): Promise<string[]> {
  if (taskIds.length === 0) return [];
  const images = await trx
    .selectFrom('images')
    .select('storageKey')
    .where('taskId', 'in', taskIds)
    .execute();
  const inputs = await trx
    .deleteFrom('taskInputs')
    .where('taskId', 'in', taskIds)
    .returning('inputId')
    .execute();
  const ids = [...new Set(inputs.map((row) => row.inputId))];
  const freed =
    ids.length === 0
      ? []
      : await trx
          .deleteFrom('inputs')
          .where('id', 'in', ids)
          .where((row) =>
            row.not(
              row.exists(
                row
                  .selectFrom('taskInputs')
                  .select('taskInputs.inputId')
                  .whereRef('taskInputs.inputId', '=', 'inputs.id'),
              ),
            ),
          )
          .returning('storageKey')
          .execute();
  return [...images, ...freed].map((row) => row.storageKey);
}
