/** What a test started outside of its own process, to be ended when the test run is killed. */
const endings = new Set<() => Promise<unknown>>();

/**
 * Has `end` called when this test process must end before its tests do. Returns the way to take
 * that back, once the test has seen to it itself.
 */
export function whenKilled(end: () => Promise<unknown>): () => void {
  endings.add(end);
  return () => endings.delete(end);
}

async function leave(): Promise<void> {
  await Promise.allSettled([...endings].map((end) => end()));
  process.exit(1);
}

// When vitest is killed, its test processes would run on to the end of their tests; the channel to
// it closes then, whatever the signal was. Ctrl-C on a terminal reaches all of them at once.
process.once('disconnect', leave);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave);
