import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import { type Limits, limitsInForce } from '../limits/limit.js';
import { hiddenModelsKey, hiddenModelsOf } from '../models/model-visibility.js';
import { rulesInForce } from '../rules/rule.js';
import { globalScope } from '../settings/setting.repository.js';
import type { Policy } from './policy.js';

/** Settings of a scope and those for all. Read anew each time: a change is in force at once, everywhere. */
export async function readScopeSettings(db: Database | Transaction, scopeId: string) {
  return settingsIn(await readSettingsOf(db, [scopeId]), scopeId);
}

interface ScopeSetting {
  readonly scopeId: string;
  readonly key: string;
  readonly value: unknown;
}

function readSettingsOf(
  db: Database | Transaction,
  scopeIds: readonly string[],
): Promise<ScopeSetting[]> {
  return db
    .selectFrom('settings')
    .select(['scopeId', 'key', 'value'])
    .where(sql<boolean>`scope_id = any(${[globalScope, ...scopeIds]})`)
    .where((row) =>
      row.or([
        row('key', 'like', 'limits.%'),
        row('key', 'like', 'ownLimits.%'),
        row('key', 'like', 'rules.%'),
        row('key', '=', hiddenModelsKey),
      ]),
    )
    .execute();
}

function settingsIn(rows: readonly ScopeSetting[], scopeId: string) {
  const readerOf = (scope: string) => {
    const values = new Map(
      rows.filter((row) => row.scopeId === scope).map(({ key, value }) => [key, value]),
    );
    return (key: string): unknown => values.get(key) ?? undefined;
  };
  return {
    ofAll: readerOf(globalScope),
    ofScope: scopeId === globalScope ? () => undefined : readerOf(scopeId),
  };
}

export async function readLimits(
  db: Database | Transaction,
  scopeId: string,
  configured: Limits,
): Promise<Limits> {
  const { ofAll, ofScope } = await readScopeSettings(db, scopeId);
  return limitsInForce(configured, ofAll, ofScope);
}

interface Block {
  readonly scopeId: string;
  readonly userId: string;
}

/** What holds in each of these scopes, and for whom nothing does there. */
export async function readPolicies(
  db: Database,
  scopeIds: readonly string[],
  configured: Limits,
): Promise<Policy[]> {
  const [settings, blocks] = await Promise.all([
    readSettingsOf(db, scopeIds),
    db
      .selectFrom('blocks')
      .select(['scopeId', 'userId'])
      .where(sql<boolean>`scope_id = any(${[globalScope, ...scopeIds]})`)
      .execute(),
  ]);
  return scopeIds.map((scopeId) =>
    policyOf(settingsIn(settings, scopeId), blocksIn(blocks, scopeId), configured),
  );
}

function blocksIn(blocks: readonly Block[], scopeId: string): Block[] {
  return blocks.filter((block) => block.scopeId === scopeId || block.scopeId === globalScope);
}

function policyOf(
  { ofAll, ofScope }: ReturnType<typeof settingsIn>,
  blocks: readonly Block[],
  configured: Limits,
): Policy {
  const isGlobal = (block: Block) => block.scopeId === globalScope;
  return {
    limits: limitsInForce(configured, ofAll, ofScope),
    rules: rulesInForce(ofAll, ofScope),
    hiddenModels: hiddenModelsOf(ofAll(hiddenModelsKey)),
    // A block everywhere outdoes one here.
    blocked: new Map([
      ...blocks.filter((block) => !isGlobal(block)).map(({ userId }) => [userId, 'here'] as const),
      ...blocks.filter(isGlobal).map(({ userId }) => [userId, 'everywhere'] as const),
    ]),
  };
}
