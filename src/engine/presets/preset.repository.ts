import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import type { Preset, PresetContent } from './preset.js';

/** All that are in use in these scopes, by name. */
export async function readPresets(
  db: Database | Transaction,
  scopeIds: readonly string[],
): Promise<Preset[]> {
  const rows = await db
    .selectFrom('presets')
    .innerJoin('presetVersions as content', (join) =>
      join
        .onRef('content.scopeId', '=', 'presets.scopeId')
        .onRef('content.name', '=', 'presets.name')
        .onRef('content.version', '=', 'presets.version'),
    )
    .select([
      'content.name',
      'content.scopeId',
      'content.version',
      'content.prompt',
      'content.negative',
      'content.model',
      'content.aspect',
      'content.count',
      'content.strength',
    ])
    .where('presets.scopeId', 'in', scopeIds)
    .where('presets.removedAt', 'is', null)
    .orderBy('presets.name')
    .execute();
  return rows.map((row) => withoutNulls(row) as unknown as Preset);
}

export interface PresetKey {
  readonly scopeId: string;
  readonly name: string;
}

/** The preset as it is in use, locked until the transaction ends. */
export async function lockPreset(
  trx: Transaction,
  { scopeId, name }: PresetKey,
): Promise<Preset | undefined> {
  const locked = await trx
    .selectFrom('presets')
    .select('name')
    .where('scopeId', '=', scopeId)
    .where('name', '=', name)
    .where('removedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!locked) return undefined;
  return (await readPresets(trx, [scopeId])).find((preset) => preset.name === name);
}

/** The first version of a new name, or the next of one that was removed. Undefined: it is in use. */
export async function openPreset(trx: Transaction, key: PresetKey): Promise<number | undefined> {
  const row = await trx
    .insertInto('presets')
    .values({ ...key, version: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['scopeId', 'name'])
        .doUpdateSet({ version: sql<number>`presets.version + 1`, removedAt: null })
        .where('presets.removedAt', 'is not', null),
    )
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

/** The next version of a preset that is in use and locked. */
export async function raiseVersion(trx: Transaction, key: PresetKey): Promise<number> {
  const { version } = await trx
    .updateTable('presets')
    .set({ version: sql<number>`version + 1` })
    .where('scopeId', '=', key.scopeId)
    .where('name', '=', key.name)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

export async function insertVersion(
  trx: Transaction,
  key: PresetKey & { readonly version: number },
  content: PresetContent,
  userId: string,
): Promise<void> {
  await trx
    .insertInto('presetVersions')
    .values({ ...content, ...key, createdBy: userId })
    .execute();
}

export async function markRemoved(trx: Transaction, key: PresetKey): Promise<void> {
  await trx
    .updateTable('presets')
    .set({ removedAt: sql<Date>`now()` })
    .where('scopeId', '=', key.scopeId)
    .where('name', '=', key.name)
    .execute();
}

function withoutNulls(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
