import { expect, it } from 'vitest';
import { canMove, predecessors, type TaskState } from '../../../src/engine/tasks/task-state.js';

const states: TaskState[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];

it('lets a task move only along its machine', () => {
  const moves = states.flatMap((from) =>
    states.filter((to) => canMove(from, to)).map((to) => `${from} → ${to}`),
  );
  expect(moves).toEqual([
    'pending → processing',
    'pending → failed',
    'pending → cancelled',
    'processing → pending',
    'processing → completed',
    'processing → failed',
    'processing → cancelled',
    'failed → pending',
    'cancelled → pending',
  ]);
});

it('never lets a completed task move again', () => {
  for (const to of states) expect(predecessors(to)).not.toContain('completed');
});
