import { setTimeout as delay } from 'node:timers/promises';
import { writeAudit } from '../audit/audit.repository.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import type { SettingAuthor } from '../limits/limit-service.js';
import { globalScope } from '../settings/setting.repository.js';
import {
  deleteBlock,
  findOpenBatchIds,
  findPerson,
  insertBlock,
  type PersonUse,
  readUse,
} from './block.repository.js';
import type { Actor, Platform, User } from './user.js';
import { ensureUsers } from './user.repository.js';

export interface PeopleService {
  /** Who had how much made in a scope, or anywhere where it is undefined; most first. */
  use(scopeId: string | undefined, page: { limit: number; offset: number }): Promise<PersonUse[]>;
  /**
   * By the platform's id, a handle, or Easel's own id. Who is known by the platform's id alone, and
   * never spoke to Easel, gets a record. @throws EngineError unknown-user
   */
  find(platform: Platform, wanted: string): Promise<User>;
  /**
   * Nothing of theirs is taken or runs in the scope any more, or anywhere where it is `global`.
   * @returns how many batches were cancelled, and whether it is new
   */
  block(author: SettingAuthor, user: User): Promise<{ cancelled: number; isNew: boolean }>;
  /** False: they were not blocked there. */
  unblock(author: SettingAuthor, user: User): Promise<boolean>;
}

export interface PeopleDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly cancel: (batchId: string, actor: Actor) => Promise<void>;
}

/** As old as what a process remembers of a policy may be. */
const heardWithinMs = 1_000;
/** Both platforms number people. */
const platformId = /^\d{1,20}$/;

export function createPeopleService({ db, transact, cancel }: PeopleDependencies): PeopleService {
  async function cancelOpen(of: string, scopeId: string | undefined, by: string) {
    const cancelled: string[] = [];
    for (const batchId of await findOpenBatchIds(db, { userId: of, scopeId })) {
      try {
        await cancel(batchId, { userId: by, manages: true });
        cancelled.push(batchId);
      } catch (error) {
        // It ended, or was removed, in between.
        if (!(error instanceof EngineError)) throw error;
      }
    }
    return cancelled;
  }

  return {
    use: (scopeId, page) => readUse(db, scopeId, page),

    async find(platform, wanted) {
      const person = await findPerson(db, platform, wanted);
      if (person) return person;
      if (!platformId.test(wanted)) throw new EngineError({ kind: 'unknown-user', user: wanted });
      const identity = { platform, platformUserId: wanted, name: wanted, locale: 'en' };
      const [user] = await ensureUsers(db, [identity]);
      return user as User;
    },

    async block({ scopeId, userId }, user) {
      const isNew = await transact(async (trx) => {
        const inserted = await insertBlock(trx, { scopeId, userId: user.id }, userId);
        const details = { user: user.id, name: user.name };
        if (inserted) await writeAudit(trx, { scopeId, userId, action: 'user-blocked', details });
        return inserted;
      });
      const within = scopeId === globalScope ? undefined : scopeId;
      const stopped = new Set(await cancelOpen(user.id, within, userId));
      // Other processes hear of it within a second, and may have taken something until then.
      await delay(heardWithinMs);
      for (const id of await cancelOpen(user.id, within, userId)) stopped.add(id);
      return { cancelled: stopped.size, isNew };
    },

    unblock: ({ scopeId, userId }, user) =>
      transact(async (trx) => {
        const removed = await deleteBlock(trx, { scopeId, userId: user.id });
        const details = { user: user.id, name: user.name };
        if (removed) await writeAudit(trx, { scopeId, userId, action: 'user-unblocked', details });
        return removed;
      }),
  };
}
