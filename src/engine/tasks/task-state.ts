/**
 * The state machine of a task, whole. `task.repository.ts` is its only writer: each of its updates
 * names the state that it leaves, and a worker's also the run number that it holds.
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
