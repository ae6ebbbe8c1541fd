import type { Logger } from 'pino';

/** What was opened, closed in the opposite order. */
export type Closers = (() => Promise<void>)[];

/** The first signal stops in good order, the second at once. */
export function stopOnSignals(log: Logger, closers: Closers, stopping: AbortController): void {
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) {
      log.warn(`${signal} again: stopping at once; what runs is taken up at the next start`);
      process.exit(1);
    }
    log.info(`${signal}: stopping`);
    stopping.abort();
    await closeAll(closers, log);
    log.info('Stopped');
    process.exit(process.exitCode ?? 0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** For what ends Easel while it runs, e.g. a token that was replaced: a line, and a stop in order. */
export function endWith(log: Logger): (error: Error) => void {
  return (error) => {
    log.fatal(error.message);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  };
}

/** A defect that nobody caught: into the log, where secrets are blotted out, and not to stderr. */
export function logDefects(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal(
      { err: error },
      'A defect that nobody caught; what runs is taken up at the next start',
    );
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

export async function closeAll(closers: Closers, log: Logger): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      log.warn({ err: error }, 'A part did not stop in good order');
    }
  }
}
