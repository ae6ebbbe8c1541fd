import type { Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';
import type { RunJob } from '../queue/run-queue.js';
import { type EndedRun, insertRun, type RunKey } from '../tasks/run.repository.js';
import { nextRun } from '../tasks/task.repository.js';

/**
 * A run in place of one that just ended without an outcome, in the same slot and, where there is a
 * handle, on the same submission. Undefined: the task has moved on.
 */
export async function beginSuccessor(
  trx: Transaction,
  effects: Effects,
  before: RunKey,
  ended: EndedRun,
): Promise<RunJob | undefined> {
  const run = await nextRun(trx, effects, before);
  if (run === undefined) return undefined;
  await insertRun(trx, { taskId: before.taskId, run, ...ended });
  return { taskId: before.taskId, run };
}
