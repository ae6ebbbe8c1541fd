/** What is read before most commands and changes once a week. Milliseconds. */
const maxAgeMs = 800;
const mostKept = 1_000;

/**
 * Reads values by their keys, each at most once in 0.8 s: a changed setting is in force everywhere
 * within a second, and at once where it is told to forget. Those who ask at the same time share one
 * answer; a failed one is not kept.
 */
export function createRecentValues<T>(
  read: (key: string) => Promise<T>,
  nowMs: () => number = () => performance.now(),
): ((key: string) => Promise<T>) & { forget(): void } {
  const kept = new Map<string, { readonly value: Promise<T>; readonly askedAt: number }>();
  const recent = (key: string): Promise<T> => {
    const known = kept.get(key);
    if (known && nowMs() - known.askedAt < maxAgeMs) return known.value;
    if (kept.size >= mostKept) kept.clear();
    const value = read(key);
    kept.set(key, { value, askedAt: nowMs() });
    value.catch(() => kept.delete(key));
    return value;
  };
  return Object.assign(recent, { forget: () => kept.clear() });
}
