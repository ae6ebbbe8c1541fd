import type { BackendProgress, BackendRunContext } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { decodeImageContent } from '../image-content.js';
import type { RunAbort } from '../run-abort.js';
import type { A1111Log, A1111Timings } from './a1111-options.js';
import type { PositionReader, RunPosition } from './run-position.js';

export interface ProgressWatch {
  readonly position: PositionReader;
  readonly abort: RunAbort;
  readonly onProgress: BackendRunContext['onProgress'];
  readonly timings: A1111Timings;
  readonly clock: { now(): number };
  readonly log: A1111Log;
}

/**
 * Tells of a run until it ends. What changes is told at once; of a run that waits behind others, that
 * it waits. A running one that stands still is silent: only so can the engine find that it hangs.
 */
export async function watchProgress(watch: ProgressWatch, ended: Promise<unknown>): Promise<void> {
  const { position, abort, onProgress, timings, clock, log } = watch;
  let isOver = false;
  const over = ended.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  let fraction = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (progress: BackendProgress) => {
    fraction = progress.fraction;
    toldAt = clock.now();
    onProgress(progress);
  };
  while (!isOver && abort.reason === undefined) {
    await abort.pause(timings.pollMs, over);
    if (isOver || abort.reason !== undefined) return;
    const found = await position(abort.signal).catch((error: unknown) => {
      if (!(error instanceof BackendError) && abort.reason === undefined) throw error;
      log.debug({ error: String(error) }, 'A progress was not told');
      return undefined;
    });
    if (isOver || abort.reason !== undefined || found === undefined) continue;
    const now = Math.min(1, Math.max(fraction, found.progress));
    const preview = previewOf(found);
    if (found.state === 'active' && (now > fraction || preview !== undefined)) {
      tell({ fraction: now, ...(preview && { preview }) });
    } else if (found.state === 'queued' && clock.now() - toldAt >= timings.waitingMs) {
      tell({ fraction });
    }
  }
}

/** The web UI may be set to WebP, which a preview is not. */
function previewOf({ preview }: RunPosition): BackendProgress['preview'] {
  if (preview === undefined) return undefined;
  const { bytes } = decodeImageContent(preview);
  if (bytes === undefined) return undefined;
  if (bytes[0] === 0x89) return { bytes, mediaType: 'image/png' };
  return bytes[0] === 0xff ? { bytes, mediaType: 'image/jpeg' } : undefined;
}
