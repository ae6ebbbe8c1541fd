import sharp from 'sharp';

/** Lets at most `limit` pieces of work run at once; the others wait in order. */
export interface Gate {
  /** @throws whatever the work throws, or the signal's reason while it still waits */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createGate(limit: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];

  const enter = (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (running < limit) {
      running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.splice(waiting.indexOf(admit), 1);
        reject(signal?.reason);
      };
      const admit = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      waiting.push(admit);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  };

  const leave = () => {
    const next = waiting.shift();
    // The slot passes straight on, so that a newcomer cannot slip in between.
    if (next) next();
    else running--;
  };

  return {
    async run(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/**
 * All heavy pixel work of the process passes here. One gate for all, as the threads and the memory
 * that it protects are the process's too: a decoded picture of 50 megapixels takes 200 MB.
 */
export const imageGate: Gate = createGate(2);

// The gate decides what runs side by side; threads inside one operation would only compete with it.
sharp.concurrency(1);
// Every picture here is seen once, so that a cache of operations only holds memory.
sharp.cache(false);
