import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { TaskProgress } from '../batches/batch.js';
import type { Platform } from '../users/user.js';
import { connectRedis } from './redis-connection.js';

/** Wake-ups between parts and processes. Any may be lost: whoever listens also sweeps the record. */
export interface SignalMap {
  /** A task was submitted or ended, or a setting changed: something may be admitted. */
  readonly wake: { readonly pool: string };
  /** Somebody asked to cancel a task that runs. */
  readonly cancel: { readonly taskId: string };
  readonly card: { readonly platform: Platform; readonly batchId: string };
  readonly progress: TaskProgress;
  /** Somebody's accounts or preferences have changed. */
  readonly people: Readonly<Record<never, never>>;
  /** The configured backends have changed. */
  readonly reload: Readonly<Record<never, never>>;
}

export interface Signals {
  publish<K extends keyof SignalMap>(name: K, payload: SignalMap[K]): void;
  /** Returns the way to stop listening. */
  subscribe<K extends keyof SignalMap>(
    name: K,
    listener: (payload: SignalMap[K]) => void,
  ): () => void;
  close(): Promise<void>;
}

/** Signals that stay in this process. */
export function createLocalSignals(): Signals {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    publish(name, payload) {
      emitter.emit(name, payload);
    },
    subscribe(name, listener) {
      emitter.on(name, listener);
      return () => emitter.off(name, listener);
    },
    async close() {
      emitter.removeAllListeners();
    },
  };
}

const channel = 'easel:signals';

/** Signals to all processes over Redis pub/sub; to this one directly, so that it never waits. */
export function createRedisSignals(url: string, log: Logger): Signals {
  const origin = randomUUID();
  const local = createLocalSignals();
  const publisher = connectRedis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false });
  const subscriber = connectRedis(url, { maxRetriesPerRequest: null });
  for (const connection of [publisher, subscriber]) connection.on('error', () => undefined);
  subscriber
    .subscribe(channel)
    .catch((error: unknown) => log.warn({ err: error }, 'No signals from other processes'));
  subscriber.on('message', (_channel, text) => {
    const message = decode(text);
    if (message.origin !== origin) local.publish(message.name, message.payload);
  });
  return {
    publish(name, payload) {
      local.publish(name, payload);
      publisher
        .publish(channel, encode({ origin, name, payload }))
        .catch((error: unknown) => log.debug({ err: error, name }, 'A signal was lost'));
    },
    subscribe: local.subscribe,
    async close() {
      await local.close();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

interface Message {
  readonly origin: string;
  readonly name: keyof SignalMap;
  readonly payload: SignalMap[keyof SignalMap];
}

/** A preview's bytes travel as base64: JSON would spell a buffer out number by number. */
function encode(message: Message): string {
  const { payload } = message;
  if (!('preview' in payload) || !payload.preview) return JSON.stringify(message);
  const { bytes, mediaType } = payload.preview;
  const base64 = Buffer.from(bytes).toString('base64');
  return JSON.stringify({ ...message, payload: { ...payload, preview: { base64, mediaType } } });
}

function decode(text: string): Message {
  const message = JSON.parse(text);
  const preview = message.payload.preview;
  if (preview) {
    message.payload.preview = {
      bytes: Buffer.from(preview.base64, 'base64'),
      mediaType: preview.mediaType,
    };
  }
  return message;
}
