import type { BatchView, TaskFailure, TaskView } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { type CardInput, currentProgress } from './card-input.js';
import type { CardView } from './card-view.js';
import { leftOutLines } from './left-out-lines.js';
import { hasLostImages } from './lost-images.js';
import { noteLines } from './note-lines.js';
import { percent, progressBar } from './progress-bar.js';
import { differenceLines } from './task-differences.js';

/** A run that says nothing for this long is shown as silent. */
const silenceShownAfterMs = 15_000;
/** A card does not list more reasons than this; their counts stand in the line of counts. */
const maxReasons = 3;
const separator = ' · ';

/** The lines under the prompt. */
export function cardLines(phase: CardView['phase'], input: CardInput): string[] {
  const { batch, texts } = input;
  if (batch.erased) return [texts.text('card-erased')];
  const counts = batch.counts.total > 1 ? [countsLine(batch, texts)] : [];
  return [
    ...counts,
    ...phaseLines(phase, input),
    ...leftOutLines(batch.notes, texts),
    ...doubtLines(input),
  ];
}

function phaseLines(phase: CardView['phase'], input: CardInput): string[] {
  const { batch, texts } = input;
  switch (phase) {
    case 'waiting':
      return [...waitingLines(input), ...noteLines(batch, texts)];
    case 'running':
      return [
        ...runningLines(input),
        ...noteLines(batch, texts),
        ...failureLines(batch, texts),
        ...differenceLines(batch),
      ];
    case 'completed':
      return [
        doneLine(batch, texts),
        ...noteLines(batch, texts),
        ...failureLines(batch, texts),
        ...differenceLines(batch),
      ];
    case 'failed':
      return failureLines(batch, texts);
    case 'cancelled':
      // Of several, the line of counts says so.
      return batch.counts.total > 1 ? [] : [texts.text('card-cancelled')];
  }
}

/** `5 done · 1 failed · 2 left`, without what there is none of. */
function countsLine({ counts }: BatchView, texts: LocalizedTexts): string {
  const parts = [
    { key: 'card-count-done', count: counts.completed },
    { key: 'card-count-failed', count: counts.failed },
    { key: 'card-count-cancelled', count: counts.cancelled },
    { key: 'card-count-left', count: counts.pending + counts.processing },
  ];
  return parts
    .filter(({ count }) => count > 0)
    .map(({ key, count }) => texts.text(key, { count }))
    .join(separator);
}

/** `queued · #3 · about 40 s`, and what it waits for where that is not its turn. */
function waitingLines({ batch, position, now, texts }: CardInput): string[] {
  const task = batch.tasks.find(({ state }) => state === 'pending');
  const reason = task && waitingReason(task, now, texts);
  const isOnlyQueued = task?.waitsFor == null && task?.retry == null;
  const line = [texts.text('card-queued')];
  if (position !== null && isOnlyQueued) {
    line.push(texts.text('card-position', { position: String(position.position) }));
    if (position.estimateMs !== null) {
      const duration = texts.roughDuration(position.estimateMs);
      line.push(texts.text('card-about', { duration }));
    }
  }
  return reason === undefined ? [line.join(separator)] : [line.join(separator), reason];
}

const waitTexts = {
  'rate-limited': 'card-waits-rate-limited',
  quota: 'card-waits-quota',
  unavailable: 'card-waits-unavailable',
  paused: 'card-waits-paused',
} as const satisfies Record<NonNullable<TaskView['waitsFor']>['reason'], string>;

function waitingReason(task: TaskView, now: Date, texts: LocalizedTexts): string | undefined {
  if (task.waitsFor) {
    const { reason, until } = task.waitsFor;
    if (until === null) return texts.text('card-waits-paused-open');
    return texts.text(waitTexts[reason], { until: texts.time(until, now) });
  }
  return task.retry ? retryText(task.retry, texts) : undefined;
}

function retryText({ attempt, of }: NonNullable<TaskView['retry']>, texts: LocalizedTexts): string {
  return texts.text('card-retrying', { attempt, of });
}

/** `▰▰▰▰▰▱▱▱▱▱ 50% · 12 s`; of a batch, how far it is as a whole. */
function runningLines(input: CardInput): string[] {
  const { batch, progress, now, texts } = input;
  const running = batch.tasks.filter(({ state }) => state === 'processing');
  const fractions = running.map((task) => currentProgress(task, progress)?.fraction ?? 0);
  const { counts } = batch;
  const ended = counts.completed + counts.failed + counts.cancelled;
  const whole = (ended + fractions.reduce((sum, one) => sum + one, 0)) / counts.total;
  const startedAt = earliest(batch.tasks.map((task) => task.startedAt));
  const line = [`${progressBar(whole)} ${percent(whole)}%`];
  if (startedAt) line.push(texts.duration(now.getTime() - startedAt.getTime()));
  const silence = longestSilence(input);
  const isLeft = silence?.isBegun === false && ended === 0;
  const lines = [isLeft ? texts.text('card-queued') : line.join(separator)];

  const retrying = batch.tasks.find(({ retry }) => retry !== null)?.retry;
  if (running.some((task) => task.cancelRequested)) lines.push(texts.text('card-cancelling'));
  else if (retrying) lines.push(retryText(retrying, texts));
  const waiting = batch.tasks.find((task) => task.state === 'pending' && task.waitsFor !== null);
  const reason = waiting && waitingReason(waiting, now, texts);
  if (reason !== undefined) lines.push(reason);

  if (silence?.isBegun === false) lines.push(texts.text('card-not-begun'));
  else if (silence) {
    lines.push(texts.text('card-silent', { duration: texts.duration(silence.durationMs) }));
  }
  return lines;
}

interface Silence {
  readonly durationMs: number;
  /** False where no worker has taken any of what is to run, e.g. while the queue is away. */
  readonly isBegun: boolean;
}

/** Undefined: there is news enough. What others work at tells more than what nobody has begun. */
function longestSilence({ batch, progress, now }: CardInput): Silence | undefined {
  const running = batch.tasks.filter(({ state }) => state === 'processing');
  const begun = running.filter((task) => heardAt(task, progress) !== null);
  const isBegun = begun.length > 0;
  const durationMs = Math.max(
    0,
    ...(isBegun ? begun : running).map((task) => {
      const since = heardAt(task, progress) ?? task.startedAt;
      return since === null ? 0 : now.getTime() - since.getTime();
    }),
  );
  return durationMs >= silenceShownAfterMs ? { durationMs, isBegun } : undefined;
}

/** When its run was last heard of, at least from the worker that took it. */
function heardAt(task: TaskView, progress: CardInput['progress']): Date | null {
  return currentProgress(task, progress)?.seenAt ?? task.begunAt;
}

/** `4 images · 25.3 s · model · seed 7`. */
function doneLine(batch: BatchView, texts: LocalizedTexts): string {
  const done = batch.tasks.filter(({ state }) => state === 'completed');
  const count = done.reduce((sum, task) => sum + task.images.length, 0);
  const isGone = hasLostImages(batch);
  const line = [
    ...(count === 0 && isGone ? [] : [texts.text('card-images', { count })]),
    ...(isGone ? [texts.text(count === 0 ? 'card-images-gone' : 'card-images-partly-gone')] : []),
  ];
  const startedAt = earliest(done.map((task) => task.startedAt));
  const finishedAt = latest(done.map((task) => task.finishedAt));
  if (startedAt && finishedAt) {
    line.push(texts.exactDuration(finishedAt.getTime() - startedAt.getTime()));
  }
  const models = new Set(done.flatMap((task) => task.model ?? []));
  if (models.size > 0) line.push([...models].join(' + '));
  const [seed, ...otherSeeds] = new Set(done.map((task) => task.seed));
  if (seed != null && otherSeeds.length === 0) {
    line.push(texts.text('card-seed', { seed: String(seed) }));
  }
  return line.join(separator);
}

const failureTexts = {
  'invalid-request': 'failure-invalid-request',
  moderated: 'failure-moderated',
  quota: 'failure-quota',
  'rate-limited': 'failure-rate-limited',
  transient: 'failure-transient',
  unavailable: 'failure-unavailable',
  misconfigured: 'failure-misconfigured',
  cancelled: 'failure-cancelled',
  deadline: 'failure-deadline',
  silent: 'failure-silent',
  lost: 'failure-lost',
  storage: 'failure-storage',
  internal: 'failure-internal',
} as const satisfies Record<TaskFailure['kind'], string>;

/** What may help; each reason has something. */
const adviceTexts = {
  'invalid-request': 'advice-change',
  moderated: 'advice-reword',
  quota: 'advice-later',
  'rate-limited': 'advice-later',
  transient: 'advice-retry',
  unavailable: 'advice-later',
  misconfigured: 'advice-later',
  cancelled: 'advice-retry',
  deadline: 'advice-retry',
  silent: 'advice-retry',
  lost: 'advice-retry',
  storage: 'advice-report',
  internal: 'advice-report',
} as const satisfies Record<TaskFailure['kind'], string>;

/** `⚠️`, why, what the backend said of it, and what may help: each reason once. */
function failureLines(batch: BatchView, texts: LocalizedTexts): string[] {
  const timesByReason = new Map<string, number>();
  for (const task of batch.tasks) {
    const reason = reasonOf(task, texts);
    if (reason === undefined) continue;
    timesByReason.set(reason, (timesByReason.get(reason) ?? 0) + 1);
  }
  return [...timesByReason].slice(0, maxReasons).map(([reason, count]) => {
    const line = `⚠️ ${reason}`;
    return count === 1 ? line : texts.text('card-times', { text: line, count });
  });
}

/** What nobody can tell is said, and left to the reader. */
function doubtLines({ posts, texts }: CardInput): string[] {
  const count = posts
    .filter(({ state }) => state === 'doubtful')
    .reduce((sum, { imageIds }) => sum + imageIds.length, 0);
  return count === 0 ? [] : [texts.text('card-posts-doubtful', { count })];
}

/** Why a task failed, or some of the images of one that did not. */
function reasonOf(task: TaskView, texts: LocalizedTexts): string | undefined {
  const { state, failure, request, images } = task;
  if (state === 'failed') {
    const advice = texts.text(adviceTexts[failure?.kind ?? 'internal']);
    return texts.sentences([...failureSentences(failure, texts), advice]);
  }
  // Of images that are all gone by now, nobody can tell how many there were.
  if (state !== 'completed' || failure === null || images.length === 0) return undefined;
  const missing = String(request.count - images.length);
  const count = String(request.count);
  const reason = texts.sentences(failureSentences(failure, texts));
  return texts.text('card-images-missing', { missing, count, reason });
}

function failureSentences(failure: TaskFailure | null, texts: LocalizedTexts): string[] {
  return [
    texts.text(failureTexts[failure?.kind ?? 'internal']),
    ...(failure?.text ? [failure.text] : []),
    ...(failure?.billed === 'yes' ? [texts.text('card-billed-yes')] : []),
    ...(failure?.billed === 'unknown' ? [texts.text('card-billed-unknown')] : []),
  ];
}

function earliest(dates: readonly (Date | null)[]): Date | undefined {
  return dates.filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime())[0];
}

function latest(dates: readonly (Date | null)[]): Date | undefined {
  return dates.filter((date) => date !== null).sort((a, b) => b.getTime() - a.getTime())[0];
}
