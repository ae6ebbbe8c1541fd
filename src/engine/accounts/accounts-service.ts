import { createHash, randomInt } from 'node:crypto';
import { bumpCard } from '../cards/card.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects, Transact } from '../db/transact.js';
import { EngineError, type EngineProblem } from '../engine-error.js';
import { storageKeysOf } from '../images/image.repository.js';
import type { ImageStore } from '../images/image-store.js';
import { deleteStored } from '../preferences/preference.repository.js';
import { endRun } from '../tasks/run.repository.js';
import { cancelTask, type LockedTask, lockTasks } from '../tasks/task.repository.js';
import { deleteCodes, findErasableBatchIds, scrubBatch } from './erasure.repository.js';
import {
  type Account,
  countFailure,
  lockAccounts,
  readGuesses,
  takeCode,
  writeCode,
} from './link.repository.js';
import { markJoined, moveBelongings } from './merge.repository.js';

export interface LinkCode {
  readonly code: string;
  readonly lifeMs: number;
}

/** Accounts of one person on several platforms, and all that is kept of a person. */
export interface Accounts {
  /** A code that joins the account which enters it to this one, once. @throws EngineError already-linked */
  createLinkCode(userId: string): Promise<LinkCode>;
  /**
   * Joins the account to that of the code's maker, under whom all they have goes on.
   * @throws EngineError link-code-wrong, too-many-guesses, same-platform, already-linked
   */
  link(userId: string, code: string): Promise<void>;
  /**
   * Removes the images, inputs, prompts and preferences of a person; what runs is cancelled. Cards
   * say so. Returns how many batches it was.
   */
  erase(userId: string): Promise<number>;
}

export interface AccountsDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly store: ImageStore;
}

const codeLifeMs = 10 * 60_000;
/** Of 24 letters and digits that nobody mistakes for one another, 8 are 36 bits. */
const codeLetters = '23456789BCDFGHJKMNPQRSTVWXYZ';
const codeLength = 8;
const mostGuesses = 5;
const guessesForgottenAfterMs = 10 * 60_000;

export function createAccounts({ db, transact, store }: AccountsDependencies): Accounts {
  /** What a guess came to: a wrong one is written down, so nothing is thrown before the commit. */
  async function tryCode(
    trx: Transaction,
    userId: string,
    code: string,
  ): Promise<{ problem: EngineProblem } | { into: string }> {
    const guesses = await readGuesses(trx, userId, guessesForgottenAfterMs);
    if (guesses && guesses.failures >= mostGuesses) {
      return { problem: { kind: 'too-many-guesses', until: guesses.forgottenAt } };
    }
    const into = await takeCode(trx, hashOf(code));
    if (into === undefined) {
      await countFailure(trx, userId, guessesForgottenAfterMs);
      return { problem: { kind: 'link-code-wrong' } };
    }
    const accounts = await lockAccounts(trx, [userId, into]);
    const problem = obstacle(accounts.get(userId), accounts.get(into));
    return problem ? { problem } : { into };
  }

  /** Nothing of it may end otherwise any more, however late its worker comes. */
  async function stop(trx: Transaction, effects: Effects, tasks: readonly LockedTask[]) {
    for (const { id: taskId, state, runNumber: run } of tasks) {
      if (state === 'pending') await cancelTask(trx, effects, { taskId, from: 'pending' });
      if (state !== 'processing') continue;
      await endRun(trx, { taskId, run }, 'cancelled');
      await cancelTask(trx, effects, { taskId, run });
      effects.cancel(taskId);
    }
  }

  async function eraseBatch(batchId: string): Promise<void> {
    const keys = await transact(async (trx, effects) => {
      const tasks = await lockTasks(trx, batchId);
      await stop(trx, effects, tasks);
      const taskIds = tasks.map(({ id }) => id);
      const freed = await storageKeysOf(trx, taskIds);
      await scrubBatch(trx, batchId, taskIds);
      await bumpCard(trx, effects, batchId);
      return freed;
    });
    await Promise.all(keys.map((key) => store.delete(key)));
  }

  return {
    async createLinkCode(userId) {
      const code = Array.from(
        { length: codeLength },
        () => codeLetters[randomInt(codeLetters.length)],
      ).join('');
      await transact(async (trx) => {
        const account = (await lockAccounts(trx, [userId])).get(userId);
        if (account?.isLinked) throw new EngineError({ kind: 'already-linked' });
        await writeCode(trx, { userId, codeHash: hashOf(code), lifeMs: codeLifeMs });
      });
      return { code, lifeMs: codeLifeMs };
    },

    async link(userId, code) {
      const outcome = await transact(async (trx, effects) => {
        const tried = await tryCode(trx, userId, code);
        if ('problem' in tried) return tried;
        const merge = { from: userId, into: tried.into };
        await markJoined(trx, merge);
        await moveBelongings(trx, merge);
        effects.people();
        return tried;
      });
      if ('problem' in outcome) throw new EngineError(outcome.problem);
      // What was being submitted meanwhile came in under the old account; the recovery finds the rest.
      await transact((trx) => moveBelongings(trx, { from: userId, into: outcome.into }));
    },

    async erase(userId) {
      const batchIds = await findErasableBatchIds(db, userId);
      for (const batchId of batchIds) await eraseBatch(batchId);
      await transact(async (trx, effects) => {
        effects.people();
        await deleteStored(trx, userId);
        await deleteCodes(trx, userId);
      });
      return batchIds.length;
    },
  };
}

function obstacle(
  entering: Account | undefined,
  maker: Account | undefined,
): EngineProblem | undefined {
  if (!entering || !maker) return { kind: 'link-code-wrong' };
  if (entering.platform === maker.platform) return { kind: 'same-platform' };
  return entering.isLinked || maker.isLinked ? { kind: 'already-linked' } : undefined;
}

/** As people type it: small letters, spaces and dashes mean nothing. */
function hashOf(code: string): string {
  const letters = code.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return createHash('sha256').update(`easel link ${letters}`).digest('hex');
}
