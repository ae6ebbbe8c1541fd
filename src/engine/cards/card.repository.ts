import { sql } from 'kysely';
import type { CardAddress } from '../batches/batch.js';
import { readBatches } from '../batches/batch.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import { letLeaseGo, takeLease } from '../db/lease.repository.js';
import type { Effects } from '../db/transact.js';
import type { Platform } from '../users/user.js';
import type { CardQueue, DueCard } from './card-queue.js';

/** Longer than a renderer's renewal takes, short enough that a successor soon renders. */
const leaseMs = 6_000;

export async function insertCard(
  trx: Transaction,
  card: { readonly batchId: string; readonly platform: Platform; readonly address: CardAddress },
  effects: Effects,
): Promise<void> {
  await trx
    .insertInto('cards')
    .values({ ...card, address: JSON.stringify(card.address) })
    .execute();
  effects.card(card.platform, card.batchId);
}

/**
 * A new state waits no longer for what an older one met than a moment: what the platform itself
 * asked for (429), its bot remembers.
 */
export const nextVersion = {
  version: sql<number>`version + 1`,
  dueAt: sql<Date>`least(due_at, now() + interval '5 seconds')`,
};

/** The batch has changed: its card is due again. */
export async function bumpCard(trx: Transaction, effects: Effects, batchId: string): Promise<void> {
  const row = await trx
    .updateTable('cards')
    .set(nextVersion)
    .where('batchId', '=', batchId)
    .returning('platform')
    .executeTakeFirst();
  if (row) effects.card(row.platform, batchId);
}

/** The same for several batches at once. */
export async function bumpCards(
  trx: Transaction,
  effects: Effects,
  batchIds: readonly string[],
): Promise<void> {
  if (batchIds.length === 0) return;
  const rows = await trx
    .updateTable('cards')
    .set(nextVersion)
    .where('batchId', 'in', batchIds)
    .returning(['platform', 'batchId'])
    .execute();
  for (const { platform, batchId } of rows) effects.card(platform, batchId);
}

export function createCardQueue(db: Database, holder: string): CardQueue {
  const leaseName = (platform: Platform) => `render ${platform}`;

  async function withBatches(
    cards: readonly Omit<DueCard, 'batch' | 'final'>[],
  ): Promise<DueCard[]> {
    const batches = await readBatches(
      db,
      cards.map((card) => card.batchId),
    );
    return cards.flatMap((card) => {
      const batch = batches.get(card.batchId);
      if (!batch) return [];
      const final = batch.counts.pending + batch.counts.processing === 0;
      return [{ ...card, batch, final }];
    });
  }

  const hasOpenTasks = sql<boolean>`exists (
    select from tasks where tasks.batch_id = cards.batch_id
      and tasks.state in ('pending', 'processing'))`;

  const cardColumns = [
    'cards.batchId',
    'cards.platform',
    'cards.address',
    'cards.version',
    'cards.renderedVersion',
    'cards.attempts',
    'cards.sendingSince',
  ] as const;

  return {
    hold: (platform) => takeLease(db, leaseName(platform), holder, leaseMs),
    letGo: (platform) => letLeaseGo(db, leaseName(platform), holder),

    async due(platform, limit) {
      const rows = await db
        .selectFrom('cards')
        .select(cardColumns)
        .where('platform', '=', platform)
        .whereRef('renderedVersion', '<', 'version')
        .where('undeliverableReason', 'is', null)
        .where('dueAt', '<=', sql<Date>`now()`)
        .orderBy(hasOpenTasks)
        .orderBy('dueAt')
        .limit(limit)
        .execute();
      return withBatches(rows);
    },

    async read(batchId) {
      const rows = await db
        .selectFrom('cards')
        .select(cardColumns)
        .where('batchId', '=', batchId)
        .where('undeliverableReason', 'is', null)
        .execute();
      return (await withBatches(rows))[0];
    },

    async live(platform, limit) {
      const rows = await db
        .selectFrom('cards')
        .innerJoin('batches', 'batches.id', 'cards.batchId')
        .select(cardColumns)
        .where('cards.platform', '=', platform)
        .where('renderedVersion', '>', 0)
        .where('undeliverableReason', 'is', null)
        .where(hasOpenTasks)
        .orderBy('batches.createdAt', 'desc')
        .limit(limit)
        .execute();
      return withBatches(rows);
    },

    async rendered(batchId, version, address) {
      await db
        .updateTable('cards')
        .set({
          renderedVersion: sql<number>`greatest(rendered_version, ${version})`,
          address: JSON.stringify(address),
          attempts: 0,
          sendingSince: null,
          dueAt: sql<Date>`now()`,
          renderedAt: sql<Date>`now()`,
        })
        .where('batchId', '=', batchId)
        .execute();
    },

    async sending(batchId) {
      await db
        .updateTable('cards')
        .set({ sendingSince: sql<Date>`coalesce(sending_since, now())` })
        .where('batchId', '=', batchId)
        .execute();
    },

    async placed(batchId, address) {
      await db
        .updateTable('cards')
        .set({ address: JSON.stringify(address), sendingSince: null })
        .where('batchId', '=', batchId)
        .execute();
    },

    async postpone(batchId, _version, delayMs) {
      await db
        .updateTable('cards')
        .set({
          dueAt: sql<Date>`now() + ${delayMs} * interval '1 millisecond'`,
          attempts: sql<number>`attempts + 1`,
        })
        .where('batchId', '=', batchId)
        .execute();
    },

    async defer(batchId, delayMs) {
      await db
        .updateTable('cards')
        .set({ dueAt: sql<Date>`now() + ${delayMs} * interval '1 millisecond'` })
        .where('batchId', '=', batchId)
        .execute();
    },

    async undeliverable(batchId, reason) {
      await db
        .updateTable('cards')
        .set({ undeliverableReason: reason })
        .where('batchId', '=', batchId)
        .execute();
    },

    async findByAddress(platform, part) {
      const row = await db
        .selectFrom('cards')
        .select('batchId')
        .where('platform', '=', platform)
        .where(sql<boolean>`address @> ${JSON.stringify(part)}::jsonb`)
        .limit(1)
        .executeTakeFirst();
      return row?.batchId;
    },
  };
}
