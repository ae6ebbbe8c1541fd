import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { createAccounts } from './accounts/accounts-service.js';
import { createAdministration } from './administration/administration.js';
import { createAdmission } from './admission/admission.js';
import { userCapsOf } from './admission/fair-share.js';
import { readPositions } from './admission/position.repository.js';
import { createAlbums } from './albums/album-service.js';
import type { Operation } from './backends/backend.js';
import { writeBackendReport } from './backends/backend-report.repository.js';
import { createBackendService } from './backends/backend-service.js';
import { defaultHealthTimes, type HealthTimes } from './backends/health-times.js';
import { createInstanceHealth } from './backends/instance-health.js';
import { capabilitiesOf, createPools, type Pool } from './backends/pools.js';
import { findActiveBatchIds } from './batches/batch.repository.js';
import { createBatchService } from './batches/batch-service.js';
import { readBatches } from './batches/batch-view.repository.js';
import { createCardQueue } from './cards/card.repository.js';
import type { Database } from './db/connection.js';
import { behindRecord } from './db/connection-error.js';
import { gathered } from './db/gathered.js';
import { createTransact } from './db/transact.js';
import type { Engine } from './engine.js';
import { createHistory } from './history/history-service.js';
import { findImages } from './images/image.repository.js';
import { createImageLibrary } from './images/image-library.js';
import type { ImageStore } from './images/image-store.js';
import { defaultImageLimits } from './images/inspection.js';
import { imageIdIn } from './images/metadata/image-metadata.js';
import { rememberRecentImages } from './images/recent-images.js';
import { defaultLimits, type Limits } from './limits/limit.js';
import { readPolicies } from './policy/policy.repository.js';
import { createPreferences } from './preferences/preferences-service.js';
import { createPresets } from './presets/preset-service.js';
import type { RunQueue } from './queue/run-queue.js';
import type { Signals } from './queue/signals.js';
import { createRetention, type RetentionLimits } from './retention/retention.js';
import { createPoolService } from './settings/pool-service.js';
import { readPoolSettings } from './settings/pool-settings.js';
import { createRecentValues } from './settings/recent-values.js';
import { globalScope } from './settings/setting.repository.js';
import { createHeldRuns } from './tasks/held-runs.repository.js';
import { endBackOffs } from './tasks/waiting.repository.js';
import { createInbox } from './updates/update.repository.js';
import { createKnownUsers } from './users/known-users.js';
import type { Identity, User } from './users/user.js';
import { ensureUsers } from './users/user.repository.js';
import { createOutcomes } from './worker/outcome.js';
import { createRecovery } from './worker/recovery.js';
import type { ImageMetadataPolicy } from './worker/result-images.js';
import { defaultExecutionTimes, type ExecutionTimes } from './worker/run-execution.js';
import { createTaskWorker, type RunReport } from './worker/worker.js';

export interface EngineOptions {
  readonly db: Database;
  readonly queue: RunQueue;
  readonly signals: Signals;
  readonly store: ImageStore;
  readonly pools: readonly Pool[];
  /**
   * The pools as configured now, for a reload; the same as at the start without it.
   * @throws EngineError bad-configuration
   */
  readonly readPools?: () => readonly Pool[];
  readonly log: Logger;
  /** Where no setting says another number; the defaults for those left out. */
  readonly limits?: Partial<Limits>;
  /** A person's share of turns, where no setting says another. 1 without it. */
  readonly weightOf?: (
    person: Pick<User, 'platform' | 'platformUserId'>,
    adminWeight: number,
  ) => number;
  /** Whether images keep in their files how they were made. They do without it. */
  readonly imageMetadata?: ImageMetadataPolicy;
  /** What is kept of stored images; everything without it. */
  readonly retention?: RetentionLimits & { readonly everyMs?: number };
  /** Runs at the same time in this process, at most. */
  readonly maxRuns?: number;
  readonly graceMs?: number;
  readonly sweepEveryMs?: number;
  readonly times?: ExecutionTimes;
  readonly healthTimes?: HealthTimes;
  /** For monitoring. */
  readonly onRunEnded?: (run: RunReport) => void;
}

export interface RunningEngine extends Engine {
  /** Begins to admit, run and recover tasks in this process: the role `worker`. */
  startWorker(): void;
  /** Hands back what runs. The connections stay open: they are whose who opened them. */
  stopWorker(): Promise<void>;
}

/** Wires the engine. Connections, store and backends come from outside and are closed there. */
export function createEngine(options: EngineOptions): RunningEngine {
  const { db, queue, signals, log } = options;
  const store = rememberRecentImages(options.store);
  // New at each start: a lease of the process before is not ours.
  const processId = randomUUID();
  const transact = createTransact(db, signals);
  const pools = createPools(options.pools, log, () => performance.now());
  // Asked ahead of the first command, which would wait for it.
  void pools.models();
  const people = createKnownUsers(
    gathered((identities: readonly Identity[]) => ensureUsers(db, identities)),
  );
  signals.subscribe('people', people.forget);
  const images = createImageLibrary(db, store, defaultImageLimits);
  const limits = { ...defaultLimits, ...options.limits };
  const policyIn = createRecentValues(
    gathered((scopeIds: readonly string[]) => readPolicies(db, scopeIds, limits)),
  );
  const batchParts = {
    db,
    transact,
    pools,
    store,
    policyIn,
    weightOf: options.weightOf ?? (() => 1),
  };
  const batches = createBatchService(batchParts);
  const administration = createAdministration({
    db,
    transact,
    pools,
    limits,
    policyIn,
    cancel: batches.cancel,
  });
  const times = options.times ?? defaultExecutionTimes;
  const health = createInstanceHealth({
    pools: options.pools,
    onReport: (report) => writeBackendReport(db, report),
    log,
    times: options.healthTimes ?? defaultHealthTimes,
    async onChange(pool, { recovered }) {
      await transact(async (trx, effects) => {
        if (recovered) await endBackOffs(trx, pool);
        effects.wake(pool);
      });
    },
  });
  const admission = createAdmission({
    db,
    transact,
    pools,
    queue,
    signals,
    log,
    health,
    readUserCaps: async () => userCapsOf((await policyIn(globalScope)).limits),
  });
  const metadata = options.imageMetadata ?? 'keep';
  const runs = createHeldRuns({ db, workerId: processId, leaseMs: times.leaseMs });
  const worker = createTaskWorker({
    db,
    pools,
    runs,
    queue,
    store,
    signals,
    log,
    times,
    health,
    workerId: processId,
    outcomes: createOutcomes({ transact, store, queue, log, metadata }),
    maxRuns: options.maxRuns ?? 64,
    graceMs: options.graceMs ?? 30_000,
    onRunEnded: options.onRunEnded ?? (() => undefined),
  });
  const backends = createBackendService({
    db,
    transact,
    pools,
    health,
    signals,
    log,
    readPools: options.readPools ?? (() => options.pools),
    whenFree: worker.whenFree,
  });
  const retention = createRetention({
    db,
    transact,
    store,
    log,
    workerId: processId,
    limits: options.retention ?? {},
    everyMs: options.retention?.everyMs ?? 10 * 60_000,
  });
  const recovery = createRecovery({
    db,
    transact,
    pools,
    queue,
    admission,
    workerId: processId,
    log,
    everyMs: options.sweepEveryMs ?? 1_000,
    isAtWork: worker.isAtWork,
  });

  const concurrencyOf = createRecentValues(async (name) => {
    return (await readPoolSettings(db, pools.pool(name))).concurrency;
  });

  const position = gathered((batchIds: readonly string[]) =>
    readPositions(db, batchIds, concurrencyOf),
  );

  async function batch(batchId: string) {
    const views = await readBatches(db, [batchId]);
    return views.get(batchId);
  }

  async function batchOfImage(imageId: string) {
    const [image] = await findImages(db, [imageId]);
    return image && batch(image.batchId);
  }

  return behindRecord<RunningEngine>({
    inbox: createInbox(db),
    cards: createCardQueue(db, processId),
    ensureUser: people.ensure,
    inputs: images.inputs,
    albums: createAlbums(batchParts),
    presets: createPresets(db, transact),
    backends,
    administration,
    history: createHistory(db),
    preferences: createPreferences(db, transact),
    accounts: createAccounts({ db, transact, store }),
    submit: batches.submit,
    cancel: batches.cancel,
    retry: batches.retry,
    remove: batches.remove,
    batch,
    async activeBatches(userId) {
      const ids = await findActiveBatchIds(db, userId);
      const views = await readBatches(db, ids);
      return ids.flatMap((id) => views.get(id) ?? []);
    },
    batchOfImage,
    batchOfFile: async (bytes) => batchOfImage(imageIdIn(bytes) ?? ''),
    position,
    readImage: images.readImage,
    readGrid: images.readGrid,
    readImageWithin: images.readImageWithin,
    readArchives: images.readArchives,
    async models(including) {
      const [models, { hiddenModels }] = await Promise.all([pools.models(), policyIn(globalScope)]);
      const offered = models.filter(({ name }) => !hiddenModels.has(name.toLowerCase()));
      return (including === 'hidden' ? models : offered).map((model, index) => {
        const { name, pool } = model;
        const capabilities = capabilitiesOf(model);
        const can = (operation: Operation) => capabilities?.operations.has(operation) ?? false;
        return {
          name,
          pool: pool.name,
          default: index === 0,
          canEdit: can('edit'),
          canInpaint: can('inpaint'),
          canUpscale: can('upscale'),
          references: capabilities?.references ?? 0,
        };
      });
    },
    ...createPoolService(db, transact, pools),
    onProgress: (listener) => signals.subscribe('progress', listener),
    onCardChanged: (platform, listener) =>
      signals.subscribe('card', (card) => {
        if (card.platform === platform) listener(card.batchId);
      }),
    startWorker() {
      admission.start();
      health.start();
      worker.start();
      recovery.start();
      retention.start();
    },
    async stopWorker() {
      await retention.stop();
      await recovery.stop();
      await admission.stop();
      await worker.stop();
      await health.stop();
    },
  });
}
