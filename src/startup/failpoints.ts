import { StartError } from '../chat/index.js';
import type { Backend } from '../engine/backends/backend.js';
import { createEngine, type EngineOptions, type RunningEngine } from '../engine/create-engine.js';

/** Between an update and the record of its card, in the order in which they are passed. */
const steps = [
  'update-received',
  'submitted',
  'admitted',
  'enqueued',
  'job-delivered',
  'run-started',
  'handle-saved',
  'backend-answered',
  'images-stored',
  'outcome-recorded',
  'card-sending',
  'card-sent',
  'card-recorded',
] as const;
type Step = (typeof steps)[number];

/** Ends the process as a power cut would, when it passes the step that a test has named. */
export type Failpoint = (step: Step) => void;

/**
 * `EASEL_FAILPOINT=card-sent` or `card-sent:3`, the third time. For tests alone; without it nothing
 * stands in anybody's way.
 * @throws StartError for a step that there is not
 */
export function readFailpoint(setting: string | undefined): Failpoint | undefined {
  if (!setting) return undefined;
  const [, name, times = '1'] = /^([a-z-]+)(?::([1-9]\d*))?$/.exec(setting) ?? [];
  const wanted = steps.find((step) => step === name);
  if (!wanted) {
    const reason = `expected one of ${steps.join(', ')}, perhaps with :n, not ${setting}`;
    throw new StartError(`EASEL_FAILPOINT: ${reason}`, { retryable: false });
  }
  let left = Number(times);
  return (step) => {
    if (step !== wanted) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** An engine like any other, but that each step passes the failpoint. */
export function createFailingEngine(options: EngineOptions, pass: Failpoint): RunningEngine {
  const { queue, store, pools } = options;
  const engine = createEngine({
    ...options,
    queue: {
      ...queue,
      async add(job) {
        pass('admitted');
        await queue.add(job);
        pass('enqueued');
      },
      work: (handle, concurrency) =>
        queue.work(async (job) => {
          pass('job-delivered');
          const end = await handle(job);
          pass('outcome-recorded');
          return end;
        }, concurrency),
    },
    store: {
      ...store,
      async put(...image) {
        const key = await store.put(...image);
        pass('images-stored');
        return key;
      },
    },
    pools: pools.map((pool) => ({
      ...pool,
      instances: pool.instances.map((instance) => ({
        ...instance,
        backend: failingBackend(instance.backend, pass),
      })),
    })),
  });
  const { inbox, cards } = engine;
  return {
    ...engine,
    inbox: {
      ...inbox,
      async receive(...update) {
        const receipt = await inbox.receive(...update);
        pass('update-received');
        return receipt;
      },
    },
    async submit(request) {
      const batch = await engine.submit(request);
      pass('submitted');
      return batch;
    },
    cards: {
      ...cards,
      async sending(batchId) {
        await cards.sending(batchId);
        pass('card-sending');
      },
      async placed(...place) {
        pass('card-sent');
        await cards.placed(...place);
        pass('card-recorded');
      },
      async rendered(...shown) {
        pass('card-sent');
        await cards.rendered(...shown);
        pass('card-recorded');
      },
    },
  };
}

function failingBackend(backend: Backend, pass: Failpoint): Backend {
  return {
    ...backend,
    async run(request, context) {
      pass('run-started');
      const result = await backend.run(request, {
        ...context,
        async saveHandle(handle) {
          await context.saveHandle(handle);
          pass('handle-saved');
        },
      });
      pass('backend-answered');
      return result;
    },
    async resume(...run) {
      const result = await backend.resume(...run);
      pass('backend-answered');
      return result;
    },
  };
}
