import type { ImageStore } from './image-store.js';

/** A picture is shown within moments of being made, mostly by the process that made it. */
const maxAgeMs = 3_000;
const maxBytes = 24_000_000;

/**
 * The store, which need not be asked for what was put into it a moment ago: reading a picture back
 * costs more than all else that is done about showing it.
 */
export function rememberRecentImages(
  store: ImageStore,
  nowMs: () => number = () => performance.now(),
): ImageStore {
  /** The oldest first. */
  const recent = new Map<string, { readonly bytes: Uint8Array; readonly until: number }>();
  let kept = 0;
  let alarm: NodeJS.Timeout | undefined;

  function forget(key: string): void {
    kept -= recent.get(key)?.bytes.byteLength ?? 0;
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

  return {
    list: () => store.list(),

    async put(bytes, mediaType) {
      const key = await store.put(bytes, mediaType);
      recent.set(key, { bytes, until: nowMs() + maxAgeMs });
      kept += bytes.byteLength;
      forgetOld();
      return key;
    },

    async get(key) {
      return recent.get(key)?.bytes ?? store.get(key);
    },

    async delete(key) {
      forget(key);
      await store.delete(key);
    },
  };
}
