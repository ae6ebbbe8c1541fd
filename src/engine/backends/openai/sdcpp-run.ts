import { setTimeout as delay } from 'node:timers/promises';
import type {
  BackendHandle,
  BackendRequest,
  BackendResult,
  BackendRunContext,
} from '../backend.js';
import { BackendError } from '../backend-error.js';
import { decodeImageContent } from '../image-content.js';
import {
  badImage,
  stoppedThere,
  tellsOfMemory,
  tooLargeForMemory,
} from '../service/service-errors.js';
import { excerpt, plain } from '../service/service-text.js';
import { type SdcppClient, type SdcppJob, service } from './sdcpp-client.js';

const defaultPollMs = 1_000;
/** A server that answers nothing about a job for so long is unavailable. */
const unreachableMs = 12_000;

export interface JobDependencies {
  readonly client: SdcppClient;
  readonly model: string;
  readonly pollMs?: number | undefined;
}

/** Submits a job, and sees it to its end. @throws BackendError */
export async function runJob(
  order: object,
  request: BackendRequest,
  context: BackendRunContext,
  deps: JobDependencies,
): Promise<BackendResult> {
  // The server chooses the id: until it has, a trace tells that there may be a job without one.
  await context.saveHandle({ jobId: null }).catch((cause: unknown) => {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError('the handle could not be saved', {
      kind: 'transient',
      retryable: true,
      cause,
    });
  });
  context.signal.throwIfAborted();
  // Not broken off by an abort: a job whose id we do not have cannot be cancelled.
  const id = await deps.client.submit(order);
  await context.saveHandle({ jobId: id });
  return followJob(id, request, context, deps);
}

export function jobIdIn({ jobId }: BackendHandle): string | undefined {
  return typeof jobId === 'string' ? jobId : undefined;
}

/** @throws BackendError; forgotten where the server does not know the job */
export async function followJob(
  id: string,
  { count, seed }: BackendRequest,
  { signal, onProgress }: BackendRunContext,
  { client, model, pollMs = defaultPollMs }: JobDependencies,
): Promise<BackendResult> {
  try {
    for (let last: SdcppJob['status'] | undefined; ; ) {
      const job = await look(client, id, signal, pollMs);
      if (job === undefined) throw forgotten(id);
      if (job.status === 'completed') return { images: readImages(job, count, seed), model };
      if (job.status === 'failed' || job.status === 'cancelled') throw ended(job);
      // A job that waits behind others is not silent; one that never ends is.
      if (job.status === 'queued' || job.status !== last) onProgress({ fraction: 0 });
      last = job.status;
      await delay(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted && signal.reason === 'cancel') await client.cancel(id);
    throw error;
  }
}

/** Through short outages: the job goes on at the server. */
async function look(
  client: SdcppClient,
  id: string,
  signal: AbortSignal,
  pollMs: number,
): Promise<SdcppJob | undefined> {
  for (const startedAt = performance.now(); ; ) {
    try {
      return await client.job(id, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BackendError) || !error.retryable) throw error;
      if (performance.now() - startedAt > unreachableMs) {
        const details = { kind: 'unavailable', retryable: true, cause: error } as const;
        throw new BackendError(`job ${id} is out of reach: ${error.message}`, details);
      }
      await delay(pollMs, undefined, { signal });
    }
  }
}

function readImages({ result }: SdcppJob, count: number, seed: number): BackendResult['images'] {
  const images = result?.images.slice(0, count) ?? [];
  if (images.length === 0) throw badImage('the job has none', service);
  return images.map(({ b64_json: base64 }, index) => {
    const content = decodeImageContent(base64);
    if (content.problem !== undefined) throw badImage(content.problem, service);
    return { bytes: content.bytes, seed: (seed + index) % 2 ** 32 };
  });
}

function ended({ status, error }: SdcppJob): BackendError {
  const text = `the job ended as ${status}: ${excerpt(error?.message)}`;
  if (status === 'cancelled') return stoppedThere(text);
  if (tellsOfMemory(error?.message ?? '')) return tooLargeForMemory(text);
  return new BackendError(text, {
    kind: 'transient',
    retryable: true,
    // The same job ends the same way, unless something else had filled the memory.
    maxRetries: 1,
    userText: `the image server failed: ${plain(error?.message ?? 'no reason given')}`,
  });
}

export function forgotten(id: string): BackendError {
  return new BackendError(`stable-diffusion.cpp knows nothing of job ${id}`, {
    kind: 'transient',
    retryable: true,
    // What takes the server down with it must not do so again and again.
    maxRetries: 1,
    forgotten: true,
  });
}
