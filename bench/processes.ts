import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a measured process used since it was last asked. */
export interface Usage {
  /** Milliseconds of processor time, of all its threads. */
  readonly cpuMs: number;
  /** Resident memory, in MiB. */
  readonly residentMiB: number;
  /** Milliseconds: how late the event loop was, 99th percentile. */
  readonly loopDelayP99Ms: number;
}

/** A process of the bench, asked by name. */
export interface Peer {
  readonly child: ChildProcess;
  call<T>(name: string, argument?: unknown): Promise<T>;
  /** Notices that it sends by itself. */
  onNotice(listener: (name: string, value: unknown) => void): void;
  /** Lets it close in order; resolves once it is gone. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly reason: string }
  | { readonly kind: 'notice'; readonly name: string; readonly value: unknown };

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Starts a script of this folder with `options`, and resolves when it says that it is ready. */
export async function startPeer(
  script: string,
  options: unknown,
  nodeOptions: readonly string[] = [],
): Promise<Peer> {
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(options)], {
    execArgv: [...nodeOptions, '--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Pictures' bytes and numbers of samples pass as they are.
    serialization: 'advanced',
  });
  const pending = new Map<number, Pending>();
  const listeners: ((name: string, value: unknown) => void)[] = [];
  const exited = once(child, 'exit');
  let nextId = 1;
  child.on('message', (message: Message) => {
    if (message.kind === 'notice') {
      for (const listener of listeners) listener(message.name, message.value);
      return;
    }
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (message.kind === 'answer') call?.resolve(message.value);
    else call?.reject(new Error(`${script}: ${message.reason}`));
  });
  child.once('exit', (code, signal) => {
    for (const call of pending.values()) {
      call.reject(new Error(`${script} ended (${signal ?? code}) before it answered`));
    }
    pending.clear();
  });
  const call = <T>(name: string, argument?: unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      child.send({ id, name, argument } satisfies Call);
    });
  await call('start');
  return {
    child,
    call,
    onNotice: (listener) => listeners.push(listener),
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
