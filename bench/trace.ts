import pg from 'pg';
import type { ChatPlatform } from '../src/chat/index.js';
import type { Backend } from '../src/engine/backends/backend.js';
import type { RunningEngine } from '../src/engine/create-engine.js';
import type { ImageStore } from '../src/engine/images/image-store.js';
import type { RunQueue } from '../src/engine/queue/run-queue.js';

/** One step of the way from a command to its image. Milliseconds since the epoch. */
export interface Span {
  readonly name: string;
  /** Of a statement: its text. */
  readonly sql?: string;
  readonly beganAt: number;
  readonly endedAt: number;
}

export type Trace = ReturnType<typeof createTrace>;

/** Notes when the parts of one Easel were entered and left. For one command at a time. */
export function createTrace() {
  let spans: Span[] = [];

  const nowMs = () => performance.timeOrigin + performance.now();

  async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const beganAt = nowMs();
    try {
      return await work();
    } finally {
      spans.push({ name, beganAt, endedAt: nowMs() });
    }
  }

  return {
    /** Every statement that pg sends from now on, whoever asks. */
    watchDatabase(): void {
      const prototype = pg.Client.prototype as unknown as {
        query: (...args: unknown[]) => unknown;
      };
      const send = prototype.query;
      prototype.query = function query(this: unknown, ...args: unknown[]) {
        const beganAt = nowMs();
        const answer = send.apply(this, args);
        const sql = String((args[0] as { text?: string })?.text ?? args[0]);
        const done = () => spans.push({ name: 'statement', sql, beganAt, endedAt: nowMs() });
        if (answer instanceof Promise) answer.then(done, done);
        return answer;
      };
    },

    queue: (queue: RunQueue): RunQueue => ({
      ...queue,
      add: (job) => timed('queue.add', () => queue.add(job)),
      work: (handle, concurrency) =>
        queue.work((job) => timed('worker', () => handle(job)), concurrency),
    }),

    store: (store: ImageStore): ImageStore => ({
      ...store,
      put: (bytes, mediaType) => timed('store.put', () => store.put(bytes, mediaType)),
    }),

    backend: (backend: Backend): Backend => ({
      ...backend,
      run: (request, context) => timed('backend', () => backend.run(request, context)),
    }),

    engine: (engine: RunningEngine): RunningEngine => ({
      ...engine,
      inbox: {
        ...engine.inbox,
        receive: (...args) => timed('inbox', () => engine.inbox.receive(...args)),
      },
      cards: {
        ...engine.cards,
        due: (...args) => timed('cards.due', () => engine.cards.due(...args)),
        rendered: (...args) => timed('cards.rendered', () => engine.cards.rendered(...args)),
      },
      submit: (request) => timed('submit', () => engine.submit(request)),
      position: (batchId) => timed('position', () => engine.position(batchId)),
      readImageWithin: (imageId, fit) =>
        timed('readImage', () => engine.readImageWithin(imageId, fit)),
    }),

    platform: (platform: ChatPlatform): ChatPlatform => ({
      ...platform,
      show: (card) => timed(card.final ? 'show final' : 'show', () => platform.show(card)),
    }),

    /** What was noted since the last time. */
    take(): Span[] {
      const taken = spans;
      spans = [];
      return taken;
    },
  };
}
