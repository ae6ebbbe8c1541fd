/** Runs jobs at the same time, those of one key one after the other. */
export interface KeyedQueue {
  add(key: string, job: () => Promise<void>): void;
  /** Resolves once nothing waits or runs. */
  idle(): Promise<void>;
  /** What has not begun never will. */
  clear(): void;
}

/** `onDefect` hears of jobs that throw; the others go on. */
export function createKeyedQueue(
  maxConcurrent: number,
  onDefect: (error: unknown, key: string) => void,
): KeyedQueue {
  const waiting = new Map<string, (() => Promise<void>)[]>();
  const running = new Set<string>();
  let idleListeners: (() => void)[] = [];

  const run = async (key: string, job: () => Promise<void>): Promise<void> => {
    running.add(key);
    try {
      await job();
    } catch (error) {
      onDefect(error, key);
    }
    running.delete(key);
    advance();
  };

  const advance = (): void => {
    for (const [key, jobs] of waiting) {
      if (running.size >= maxConcurrent) return;
      if (running.has(key)) continue;
      const job = jobs.shift();
      if (jobs.length === 0) waiting.delete(key);
      if (job) void run(key, job);
    }
    if (running.size > 0 || waiting.size > 0) return;
    for (const listener of idleListeners.splice(0)) listener();
  };

  return {
    add(key, job) {
      const jobs = waiting.get(key);
      if (jobs) jobs.push(job);
      else waiting.set(key, [job]);
      advance();
    },
    idle() {
      return new Promise((resolve) => {
        idleListeners = [...idleListeners, resolve];
        advance();
      });
    },
    clear() {
      waiting.clear();
    },
  };
}
