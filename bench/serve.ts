import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Call, Usage } from './processes.js';

/** What a process of the bench can be asked. `start` is asked first, `stop` runs at its end. */
export interface Services {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly calls?: Readonly<Record<string, (argument: never) => unknown>>;
}

/** The options that `startPeer` gave to this process. */
export function givenOptions<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** Tells the parent something by itself. */
export function notify(name: string, value: unknown): void {
  process.send?.({ kind: 'notice', name, value });
}

/** Answers the parent until the channel to it closes, by whatever end of the parent. */
export function serve(services: Services): void {
  const loopDelay = monitorEventLoopDelay({ resolution: 1 });
  loopDelay.enable();
  let cpuBefore = process.cpuUsage();

  function usage(): Usage {
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuBefore = process.cpuUsage();
    const loopDelayP99Ms = loopDelay.percentile(99) / 1e6;
    loopDelay.reset();
    return {
      cpuMs: (user + system) / 1000,
      residentMiB: process.memoryUsage.rss() / 2 ** 20,
      loopDelayP99Ms,
    };
  }

  const calls: Record<string, (argument: never) => unknown> = {
    start: services.start,
    usage,
    ...services.calls,
  };
  process.on('message', async ({ id, name, argument }: Call) => {
    try {
      const work = calls[name];
      if (!work) throw new Error(`nothing answers to ${JSON.stringify(name)}`);
      const value = await work(argument as never);
      process.send?.({ kind: 'answer', id, value });
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ kind: 'failure', id, reason });
    }
  });
  process.once('disconnect', () => {
    services.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
