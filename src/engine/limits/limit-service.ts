import type { Pools } from '../backends/pools.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import { readLimits, readScopeSettings } from '../policy/policy.repository.js';
import { globalScope, writeSetting } from '../settings/setting.repository.js';
import {
  isLimitValue,
  type LimitName,
  type Limits,
  type LimitValue,
  limitBounds,
  limitKey,
  limitsInForce,
  ownLimitKey,
} from './limit.js';

/** Who changes what of which scope; whether they may is decided before. */
export interface SettingAuthor {
  /** `global`, or a server or chat. */
  readonly scopeId: string;
  readonly userId: string;
  /** One of `EASEL_ADMINS`: goes beyond what the others may only tighten. */
  readonly isAdmin: boolean;
}

export interface LimitService {
  /** Those in force in a scope, or for all where it is `global`. */
  read(scopeId: string): Promise<Limits>;
  /**
   * In force at once in every process. Null takes the setting away.
   * @returns what is in force there now
   * @throws EngineError bad-setting for what is out of bounds, looser than what managers may set, or
   *   no matter of a single scope
   */
  set(author: SettingAuthor, name: LimitName, value: LimitValue | null): Promise<Limits>;
}

export function createLimitService(
  db: Database,
  transact: Transact,
  pools: Pools,
  configured: Limits,
): LimitService {
  return {
    read: (scopeId) => readLimits(db, scopeId, configured),

    set: ({ scopeId, userId, isAdmin }, name, value) =>
      transact(async (trx, effects) => {
        const { min, max, optional, scoped } = limitBounds[name];
        const refuse = (expected: string): never => {
          throw new EngineError({ kind: 'bad-setting', key: name, expected });
        };
        if (scopeId !== globalScope && !scoped) {
          throw new EngineError({ kind: 'not-of-one-scope', key: name });
        }
        if (value !== null && !isLimitValue(name, value)) {
          refuse(`a whole number from ${min} to ${max}${optional ? ', or off' : ''}`);
        }
        const byManager = !isAdmin && scopeId !== globalScope;
        if (byManager && value !== null) {
          const { ofAll, ofScope } = await readScopeSettings(trx, scopeId);
          const without = (key: string) => (key === ownLimitKey(name) ? undefined : ofScope(key));
          const general = limitsInForce(configured, ofAll, without)[name] ?? max;
          if (value === 'off' || value > general)
            refuse(`a whole number from ${min} to ${general}`);
        }
        const key = byManager ? ownLimitKey(name) : limitKey(name);
        await writeSetting(trx, { scopeId, key, value, userId });
        for (const { name: pool } of pools.all) effects.wake(pool);
        return readLimits(trx, scopeId, configured);
      }),
  };
}
