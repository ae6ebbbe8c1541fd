import { type RawBuilder, sql } from 'kysely';
import type { CardAddress } from '../batches/batch.js';
import { type BatchJson, batchAsJson, viewBatch } from '../batches/batch-view.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import { gathered } from '../db/gathered.js';
import { letLeaseGo, takeLease } from '../db/lease.repository.js';
import type { Effects } from '../db/transact.js';
import { withoutFlush } from '../db/without-flush.js';
import type { Platform } from '../users/user.js';
import type { CardQueue, DueCard } from './card-queue.js';
import { createPosts, readPosts, type StoredPosts } from './post.repository.js';

/** Longer than a renderer's renewal takes, short enough that a successor soon renders. */
const leaseMs = 6_000;

/**
 * A new state waits no longer for what an older one met than a moment: what the platform itself
 * asked for (429), its bot remembers.
 */
export const nextVersion = {
  version: sql<number>`version + 1`,
  dueAt: sql<Date>`least(due_at, now() + interval '5 seconds')`,
};

/**
 * Cards of these batches, locked one after the other in one order for all, so that no two statements
 * wait for each other. For a `with`.
 */
export function lockedCards(batchIds: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select batch_id from cards where batch_id = any(${batchIds}) order by batch_id for update`;
}

/**
 * Two parts of a `with`, by which cards of these batches are due again; `shown` has their `batch_id`
 * and `platform`.
 */
export function bumpedCards(batchIds: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    locked as (${lockedCards(batchIds)}),
    shown as (
      update cards set version = ${nextVersion.version}, due_at = ${nextVersion.dueAt}
      from locked
      where cards.batch_id = any(${batchIds}) and cards.batch_id = locked.batch_id
      returning cards.batch_id, cards.platform
    )`;
}

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
  const { rows } = await sql<{ readonly platform: Platform; readonly batchId: string }>`
    with ${bumpedCards(sql`${batchIds}::text[]`)} select * from shown`.execute(trx);
  for (const { platform, batchId } of rows) effects.card(platform, batchId);
}

interface CardRow extends Omit<DueCard, 'batch' | 'final' | 'posts'> {
  readonly batch: BatchJson;
  readonly posts: StoredPosts;
}

interface ShownCard {
  readonly batchId: string;
  readonly version: number;
  readonly address: CardAddress;
  readonly imageIds: readonly string[] | null;
}

export function createCardQueue(db: Database, holder: string): CardQueue {
  const leaseName = (platform: Platform) => `render ${platform}`;

  /** Lines of `cards` joined with their batches. `having` and `order` speak of `cards`. */
  async function read(
    having: RawBuilder<unknown>,
    order: RawBuilder<unknown>,
    limit: number,
  ): Promise<DueCard[]> {
    const { rows } = await sql<CardRow>`
      select cards.batch_id, cards.platform, cards.address, cards.version, cards.rendered_version,
        cards.attempts, cards.sending_since, cards.shown_image_ids, cards.posts, ${batchAsJson}
      from (
        select * from cards where undeliverable_reason is null and ${having}
        order by ${order} limit ${limit}
      ) cards
      join batches on batches.id = cards.batch_id
      order by ${order}`.execute(db);
    return rows.map(({ batch: json, ...card }) => {
      const batch = viewBatch(json);
      const final = batch.counts.pending + batch.counts.processing === 0;
      return { ...card, posts: readPosts(card.posts), batch, final };
    });
  }

  const hasOpenTasks = sql<boolean>`exists (
    select from tasks where tasks.batch_id = cards.batch_id
      and tasks.state in ('pending', 'processing'))`;
  const dueOf = (platform: Platform) => sql`
    cards.platform = ${platform} and cards.is_due and cards.due_at <= now()`;

  const readOne = gathered(async (batchIds: readonly string[]) => {
    const having = sql`cards.batch_id = any(${batchIds})`;
    const cards = await read(having, sql`cards.batch_id`, batchIds.length);
    const found = new Map(cards.map((card) => [card.batchId, card]));
    return batchIds.map((batchId) => found.get(batchId));
  });

  const markShown = gathered(async (cards: readonly ShownCard[]) => {
    const batchIds = cards.map(({ batchId }) => batchId);
    await sql`
      with locked as (${lockedCards(sql`${batchIds}::text[]`)})
      update cards set rendered_version = greatest(rendered_version, shown.version),
        address = shown.address, attempts = 0, sending_since = null, due_at = now(),
        rendered_at = now(), shown_image_ids = coalesce(shown."imageIds", shown_image_ids)
      from locked, jsonb_to_recordset(${JSON.stringify(cards)}::jsonb)
        shown ("batchId" text, version integer, address jsonb, "imageIds" text[])
      where cards.batch_id = any(${batchIds}::text[]) and cards.batch_id = locked.batch_id
        and shown."batchId" = locked.batch_id`.execute(db);
    return cards.map(() => undefined);
  });

  const markSending = gathered(async (batchIds: readonly string[]) => {
    await sql`
      with locked as (${lockedCards(sql`${batchIds}::text[]`)})
      update cards set sending_since = coalesce(sending_since, now())
      from locked, ${withoutFlush}
      where cards.batch_id = any(${batchIds}::text[])
        and cards.batch_id = locked.batch_id`.execute(db);
    return batchIds.map(() => undefined);
  });

  return {
    posts: createPosts(db, nextVersion),
    hold: (platform) => takeLease(db, leaseName(platform), holder, leaseMs),
    letGo: (platform) => letLeaseGo(db, leaseName(platform), holder),

    async due(platform, limit, among) {
      const having =
        among === undefined
          ? dueOf(platform)
          : sql`${dueOf(platform)} and cards.batch_id = any(${among})`;
      return read(having, sql`${hasOpenTasks}, cards.due_at`, limit);
    },

    read: readOne,

    async live(platform, limit) {
      const having = sql`
        cards.platform = ${platform} and cards.rendered_version > 0 and ${hasOpenTasks}`;
      const newest = sql`(
        select created_at from batches where batches.id = cards.batch_id) desc`;
      return read(having, newest, limit);
    },

    rendered: (batchId, version, address, imageIds) =>
      markShown({ batchId, version, address, imageIds: imageIds ?? null }),
    sending: markSending,

    async placed(batchId, address, imageIds) {
      await db
        .updateTable('cards')
        .set({
          address: JSON.stringify(address),
          sendingSince: null,
          ...(imageIds ? { shownImageIds: [...imageIds] } : {}),
        })
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

    async readdress(batchId, platform, address) {
      const row = await db
        .updateTable('cards')
        .set({
          ...nextVersion,
          platform,
          address: JSON.stringify(address),
          // What stands in the chats of another platform is out of reach from this one.
          posts: sql<string>`case when platform = ${platform} then posts else '{}' end`,
          // It lives in another message from now on.
          shownImageIds: [],
          undeliverableReason: null,
          sendingSince: null,
          attempts: 0,
        })
        .where('batchId', '=', batchId)
        .where((card) =>
          card.or([card('platform', '=', platform), card('undeliverableReason', 'is not', null)]),
        )
        .returning('batchId')
        .executeTakeFirst();
      return row !== undefined;
    },

    async findByAddress(platform, part) {
      const row = await db
        .selectFrom('cards')
        .select('batchId')
        .where('platform', '=', platform)
        .where(sql<boolean>`address ->> 'messageId' = ${String(part.messageId)}`)
        .where(sql<boolean>`address @> ${JSON.stringify(part)}::jsonb`)
        .limit(1)
        .executeTakeFirst();
      return row?.batchId;
    },
  };
}
