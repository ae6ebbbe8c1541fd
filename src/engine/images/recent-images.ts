import { type FilePieces, joined, lengthOf } from './file-pieces.js';
import type { ImageStore } from './image-store.js';

/** A picture is shown within moments of being made, mostly by the process that made it. */
const maxAgeMs = 3_000;
const maxBytes = 64_000_000;

export interface RecentImages extends ImageStore {
  /** As `get`, in the pieces that it was put in where it is recent. @throws ImageMissingError */
  getPieces(key: string): Promise<FilePieces>;
}

/**
 * The store, which need not be asked for what was put into it a moment ago: reading a picture back
 * costs more than all else that is done about showing it.
 */
export function rememberRecentImages(
  store: ImageStore,
  nowMs: () => number = () => performance.now(),
): RecentImages {
  /** The oldest first. */
  const recent = new Map<string, { readonly file: FilePieces; readonly until: number }>();
  let kept = 0;
  let alarm: NodeJS.Timeout | undefined;

  function forget(key: string): void {
    kept -= lengthOf(recent.get(key)?.file ?? []);
    recent.delete(key);
  }

  function forgetOld(): void {
    const now = nowMs();
    for (const [key, { until }] of recent) {
      if (until > now && kept <= maxBytes) break;
      forget(key);
    }
    clearTimeout(alarm);
    alarm = recent.size === 0 ? undefined : setTimeout(forgetOld, maxAgeMs).unref();
  }

  async function getPieces(key: string): Promise<FilePieces> {
    return recent.get(key)?.file ?? [await store.get(key)];
  }

  return {
    list: () => store.list(),

    async put(file, mediaType) {
      const key = await store.put(file, mediaType);
      recent.set(key, { file, until: nowMs() + maxAgeMs });
      kept += lengthOf(file);
      forgetOld();
      return key;
    },

    getPieces,
    get: async (key) => joined(await getPieces(key)),

    async delete(key) {
      forget(key);
      await store.delete(key);
    },
  };
}
