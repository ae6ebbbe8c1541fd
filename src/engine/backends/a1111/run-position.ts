import type { A1111Client } from './a1111-client.js';

/**
 * Where the server has a task. `unknown`: it runs something, and does not say whose; then neither
 * its progress nor its preview may be shown as ours, and it may not be stopped.
 */
export interface RunPosition {
  readonly state: 'active' | 'queued' | 'absent' | 'unknown';
  /** 0 to 1; only while active. */
  readonly progress: number;
  /** Base64, perhaps as a data URL; only while active, and only where it is a new one. */
  readonly preview?: string | undefined;
}

/** Answers where one task is. @throws BackendError */
export type PositionReader = (signal?: AbortSignal) => Promise<RunPosition>;

/**
 * `/internal/progress` tells of each task by its id. Where it is missing (`--nowebui`), there is only
 * the global progress: newer versions name the task in it; on older ones the job that runs is ours
 * if the server was idle just before we submitted, and no other job has begun since.
 */
export async function openPositionReader(
  client: A1111Client,
  taskId: string,
  signal: AbortSignal,
): Promise<PositionReader> {
  let previewId = -1;
  const byTask = async (wanted?: AbortSignal): Promise<RunPosition | undefined> => {
    const answer = await client.taskProgress({ id: taskId, previewId }, wanted);
    if (answer === undefined) return undefined;
    previewId = answer.id_live_preview ?? previewId;
    const { active, queued, progress, live_preview: preview } = answer;
    if (!active) return { state: queued ? 'queued' : 'absent', progress: 0 };
    return { state: 'active', progress: progress ?? 0, ...(preview && { preview }) };
  };
  if ((await byTask(signal)) !== undefined) {
    return async (wanted) => (await byTask(wanted)) ?? { state: 'unknown', progress: 0 };
  }
  return openGlobalReader(client, taskId, signal);
}

async function openGlobalReader(
  client: A1111Client,
  taskId: string,
  signal: AbortSignal,
): Promise<PositionReader> {
  const before = await client.globalProgress(signal);
  const wasIdle = !isBusy(before);
  let ours: string | undefined;
  let hasEnded = false;
  return async (wanted) => {
    const now = await client.globalProgress(wanted);
    const { progress, current_image: preview, current_task: task, state } = now;
    const found = { progress, ...(preview && { preview }) };
    if (task === taskId) return { state: 'active', ...found };
    if (typeof task === 'string' && task !== '') return { state: 'unknown', progress: 0 };
    const job = state?.job_timestamp ?? '';
    if (!isBusy(now)) {
      hasEnded ||= ours !== undefined;
      return { state: 'absent', progress: 0 };
    }
    if (!wasIdle || hasEnded || job === '') return { state: 'unknown', progress: 0 };
    ours ??= job;
    return job === ours ? { state: 'active', ...found } : { state: 'unknown', progress: 0 };
  };
}

function isBusy({ progress, state }: Awaited<ReturnType<A1111Client['globalProgress']>>): boolean {
  return progress > 0 || (state?.job_count ?? 0) !== 0 || (state?.job ?? '') !== '';
}
