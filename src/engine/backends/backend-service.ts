import type { Logger } from 'pino';
import { countRunning } from '../admission/lane.repository.js';
import { writeAudit } from '../audit/audit.repository.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import type { Signals } from '../queue/signals.js';
import { readPoolSettings, writeDrained } from '../settings/pool-settings.js';
import { globalScope } from '../settings/setting.repository.js';
import type { Actor } from '../users/user.js';
import type { Backend } from './backend.js';
import { type BackendState, readBackendReports } from './backend-report.repository.js';
import type { InstanceHealth } from './instance-health.js';
import type { Pool, Pools } from './pools.js';

export interface BackendInfo {
  readonly name: string;
  /** E.g. `comfyui`. */
  readonly type: string;
  readonly pool: string;
  readonly slots: number;
  readonly running: number;
  /** It gets nothing new, by an administrator's wish. */
  readonly drained: boolean;
  /** As the last worker process that looked has found it; null before the first look. */
  readonly state: BackendState | null;
  /** When it is tried again, where that is known. */
  readonly until: Date | null;
  /** For administrators' eyes, in English. */
  readonly lastError: { readonly text: string; readonly at: Date } | null;
}

/** What a reload changed, by name. */
export interface ReloadedBackends {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface Backends {
  list(): Promise<BackendInfo[]>;
  /** It gets no new runs, in every process, until `enable`; its own go on. @throws EngineError unknown-backend */
  drain(name: string, actor: Actor): Promise<BackendInfo>;
  /** @throws EngineError unknown-backend */
  enable(name: string, actor: Actor): Promise<BackendInfo>;
  /**
   * Reads the configured backends anew, here and in every other process. What a wrong configuration
   * says changes nothing. @throws EngineError bad-configuration
   */
  reload(actor: Actor): Promise<ReloadedBackends>;
  /** The same in this process alone, for SIGHUP. @throws EngineError bad-configuration */
  reloadHere(): ReloadedBackends;
}

export interface BackendServiceDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly pools: Pools;
  readonly health: InstanceHealth;
  readonly signals: Signals;
  readonly log: Logger;
  /** The pools as configured now; backends whose settings are the same stay the same. */
  readonly readPools: () => readonly Pool[];
  /** Resolves when no run of this process is on the backend any more. */
  readonly whenFree: (backend: Backend) => Promise<void>;
}

export function createBackendService(deps: BackendServiceDependencies): Backends {
  const { db, transact, pools, health, signals, log } = deps;

  async function list(): Promise<BackendInfo[]> {
    const reports = await readBackendReports(db);
    const visible = pools.all.filter((pool) => !pool.hidden);
    const infos = await Promise.all(
      visible.map(async (pool) => {
        const { drained } = await readPoolSettings(db, pool);
        const running = await countRunning(db, pool.name);
        return pool.instances.map(({ backend, slots }): BackendInfo => {
          const { name, type } = backend;
          const report = reports.get(name);
          return {
            name,
            type,
            pool: pool.name,
            slots,
            running: running.get(name) ?? 0,
            drained: drained.has(name),
            state: report?.state ?? null,
            until: report?.until ?? null,
            lastError:
              report?.error && report.errorAt ? { text: report.error, at: report.errorAt } : null,
          };
        });
      }),
    );
    return infos.flat();
  }

  async function setDrained(name: string, value: boolean, actor: Actor): Promise<BackendInfo> {
    const known = await list();
    const found = known.find((backend) => backend.name === name);
    if (!found) {
      const names = known.map((backend) => backend.name);
      throw new EngineError({ kind: 'unknown-backend', name, known: names });
    }
    await transact(async (trx, effects) => {
      await writeDrained(trx, name, value, actor.userId);
      effects.wake(found.pool);
    });
    return { ...found, drained: value };
  }

  function reloadHere(): ReloadedBackends {
    const before = namesOf(pools.all);
    const next = deps.readPools();
    const left = pools.replace(next);
    health.replace(next);
    for (const backend of left) void closeWhenFree(backend);
    for (const { name } of next) signals.publish('wake', { pool: name });
    const after = namesOf(next);
    const leaving = new Set(left.map(({ name }) => name));
    const changes = {
      added: after.filter((name) => !before.includes(name) || leaving.has(name)),
      removed: before.filter((name) => !after.includes(name) || leaving.has(name)),
    };
    log.info(changes, 'The backends were read anew');
    return changes;
  }

  async function closeWhenFree(backend: Backend): Promise<void> {
    try {
      await deps.whenFree(backend);
      await backend.close();
    } catch (error) {
      log.warn({ err: error, backend: backend.name }, 'A backend that was removed was not closed');
    }
  }

  let isTelling = false;
  signals.subscribe('reload', () => {
    // Signals come back to whoever sent them.
    if (isTelling) return;
    try {
      reloadHere();
    } catch (error) {
      log.error({ err: error }, 'The backends were not read anew: they stay as they were');
    }
  });

  return {
    list,
    drain: (name, actor) => setDrained(name, true, actor),
    enable: (name, actor) => setDrained(name, false, actor),
    async reload({ userId }) {
      const changes = reloadHere();
      isTelling = true;
      signals.publish('reload', {});
      isTelling = false;
      await transact((trx) =>
        writeAudit(trx, {
          scopeId: globalScope,
          userId,
          action: 'backends-reloaded',
          details: changes,
        }),
      );
      return changes;
    },
    reloadHere,
  };
}

function namesOf(pools: readonly Pool[]): string[] {
  const visible = pools.filter((pool) => !pool.hidden);
  return visible.flatMap(({ instances }) => instances.map(({ backend }) => backend.name));
}
