import type { BatchView, Post, QueuePosition, TaskProgress, TaskView } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';

/** The latest progress of a running task, and when it came. */
export interface SeenProgress extends TaskProgress {
  readonly seenAt: Date;
}

export interface CardInput {
  readonly batch: BatchView;
  /** By task id. What belongs to an older run is ignored. */
  readonly progress: ReadonlyMap<string, SeenProgress>;
  /** Null where it is not known; only a waiting card shows it. */
  readonly position: QueuePosition | null;
  readonly now: Date;
  /** Messages with images beside the card. */
  readonly posts: readonly Post[];
  /** In the owner's language. */
  readonly texts: LocalizedTexts;
}

/** Progress of this very run of the task. */
export function currentProgress(
  task: TaskView,
  progress: CardInput['progress'],
): SeenProgress | undefined {
  const seen = progress.get(task.id);
  return task.state === 'processing' && seen?.run === task.run ? seen : undefined;
}
