/**
 * The state machine of a task, whole. Its only writers are `task.repository.ts` and, for the two moves
 * of every run, `task-run.repository.ts`: each of their updates names the state that it leaves, and a
 * worker's also the run number that it holds.
 */
export type TaskState = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';

const successors: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: ['processing', 'failed', 'cancelled'],
  // Back to pending: an automatic retry, or a hand-back.
  processing: ['completed', 'failed', 'cancelled', 'pending'],
  completed: [],
  failed: ['pending'],
  cancelled: ['pending'],
};

export function canMove(from: TaskState, to: TaskState): boolean {
  return successors[from].includes(to);
}

/** States from which `to` may be reached: the `where` of a conditional update. */
export function predecessors(to: TaskState): TaskState[] {
  return (Object.keys(successors) as TaskState[]).filter((from) => canMove(from, to));
}
