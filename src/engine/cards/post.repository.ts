import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/connection.js';
import { createId } from '../ids.js';
import type { Post, Posts } from './post.js';

/** As they stand in `cards.posts`, by id. */
export type StoredPosts = Readonly<
  Record<string, Omit<Post, 'id' | 'beganAt'> & { readonly beganAt: string }>
>;

/** Oldest first. */
export function readPosts(stored: StoredPosts): Post[] {
  return Object.entries(stored)
    .map(([id, post]) => ({ ...post, id, beganAt: new Date(post.beganAt) }))
    .sort((a, b) => a.beganAt.getTime() - b.beganAt.getTime());
}

/** `nextVersion` is what makes a card due. */
export function createPosts(
  db: Database,
  nextVersion: { readonly version: RawBuilder<number>; readonly dueAt: RawBuilder<Date> },
): Posts {
  return {
    async begin(batchId, imageIds) {
      const id = createId();
      const post = { imageIds, state: 'sending', messageIds: [] } as const;
      const row = await db
        .updateTable('cards')
        .set({
          posts: sql<string>`posts || jsonb_build_object(${id}::text,
            ${JSON.stringify(post)}::jsonb || jsonb_build_object('beganAt', now()))`,
        })
        .where('batchId', '=', batchId)
        .where('undeliverableReason', 'is', null)
        .returning(sql<Date>`now()`.as('beganAt'))
        .executeTakeFirst();
      return row && { id, ...post, ...row };
    },

    async sent(batchId, postId, messageIds) {
      const change = JSON.stringify({ state: 'sent', messageIds });
      await db
        .updateTable('cards')
        .set({
          posts: sql<string>`jsonb_set(posts, array[${postId}], posts->${postId} || ${change}::jsonb, false)`,
        })
        .where('batchId', '=', batchId)
        .where(sql<boolean>`jsonb_exists(posts, ${postId})`)
        .execute();
    },

    async release(batchId, postId) {
      await db
        .updateTable('cards')
        .set({ posts: sql<string>`posts - ${postId}::text` })
        .where('batchId', '=', batchId)
        .execute();
    },

    async doubt(batchId, postIds) {
      if (postIds.length === 0) return;
      await db
        .updateTable('cards')
        .set({
          ...nextVersion,
          posts: sql<string>`(select jsonb_object_agg(key, case when key = any(${[...postIds]}::text[])
            then value || '{"state": "doubtful"}' else value end) from jsonb_each(posts))`,
        })
        .where('batchId', '=', batchId)
        .where(sql<boolean>`posts <> '{}'`)
        .execute();
    },

    async sendAgain(batchId) {
      const doubtful = sql`value->>'state' = 'doubtful'`;
      const before = await db
        .selectFrom('cards')
        .select('posts')
        .where('batchId', '=', batchId)
        .executeTakeFirst();
      await db
        .updateTable('cards')
        .set({
          ...nextVersion,
          posts: sql<string>`(select coalesce(jsonb_object_agg(key, value) filter (where not ${doubtful}), '{}')
            from jsonb_each(posts))`,
        })
        .where('batchId', '=', batchId)
        .execute();
      return readPosts(before?.posts ?? {})
        .filter(({ state }) => state === 'doubtful')
        .reduce((sum, { imageIds }) => sum + imageIds.length, 0);
    },
  };
}
