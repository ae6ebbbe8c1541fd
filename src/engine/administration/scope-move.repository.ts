import { sql } from 'kysely';
import type { Transaction } from '../db/connection.js';
import { ruleKey } from '../rules/rule.js';

/** A server or chat by its scope, and by the id that rules know it by as a place. */
export interface ScopePlace {
  readonly scopeId: string;
  readonly placeId: string;
}

/**
 * Everything that hangs on a scope goes over: settings with limits and rules, blocks, presets,
 * batches, what was used, what was done. What the new scope has already was set later, and stays.
 * Does nothing the second time.
 */
export async function moveScopeRows(
  trx: Transaction,
  from: ScopePlace,
  to: ScopePlace,
): Promise<void> {
  const [old, now] = [from.scopeId, to.scopeId];
  await sql`select pg_advisory_xact_lock(hashtextextended(${`scope ${old}`}, 0))`.execute(trx);
  await sql`
    with gone as (delete from settings where scope_id = ${old} returning *)
    insert into settings (scope_id, key, value, updated_at, updated_by)
    select ${now}, key, value, updated_at, updated_by from gone
    on conflict (scope_id, key) do nothing`.execute(trx);
  await renamePlace(trx, from, to);
  await sql`
    with gone as (delete from blocks where scope_id = ${old} returning *)
    insert into blocks (scope_id, user_id, blocked_by, created_at)
    select ${now}, user_id, blocked_by, created_at from gone
    on conflict (scope_id, user_id) do nothing`.execute(trx);
  await copyPresets(trx, old, now);
  await sql`
    with gone as (delete from usage where subject = ${`scope:${old}`} returning *)
    insert into usage (day, subject, images) select day, ${`scope:${now}`}, images from gone
    on conflict (day, subject) do update set images = usage.images + excluded.images`.execute(trx);
  await sql`update batches set scope_id = ${now} where scope_id = ${old}`.execute(trx);
  await sql`update audit set scope_id = ${now} where scope_id = ${old}`.execute(trx);
}

/** A rule that lets Easel work in the whole chat names it. */
async function renamePlace(trx: Transaction, from: ScopePlace, to: ScopePlace): Promise<void> {
  await sql`
    update settings set value = (
      select jsonb_agg(case entry when ${from.placeId} then ${to.placeId} else entry end)
      from jsonb_array_elements_text(value) entry)
    where scope_id = ${to.scopeId} and key = ${ruleKey('channels')}
      and value ? ${from.placeId}`.execute(trx);
}

/**
 * The old ones stay as well, where nobody finds them: tasks name the scope, name and version that
 * they ran with. A name that the new scope knows, also as a removed one, is left to it.
 */
async function copyPresets(trx: Transaction, old: string, now: string): Promise<void> {
  await sql`
    with copied as (
      insert into presets (scope_id, name, version, removed_at)
      select ${now}, name, version, removed_at from presets where scope_id = ${old}
      on conflict (scope_id, name) do nothing
      returning name
    )
    insert into preset_versions (scope_id, name, version, prompt, negative, model, aspect, count,
      strength, created_by, created_at)
    select ${now}, name, version, prompt, negative, model, aspect, count,
      strength, created_by, created_at
    from preset_versions join copied using (name) where scope_id = ${old}`.execute(trx);
}
