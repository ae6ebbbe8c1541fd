import type { Database, Transaction } from '../db/connection.js';
import { type Limits, limitsInForce } from '../limits/limit.js';
import { hiddenModelsKey, hiddenModelsOf } from '../models/model-visibility.js';
import { rulesInForce } from '../rules/rule.js';
import { globalScope } from '../settings/setting.repository.js';
import type { Policy } from './policy.js';

/** Settings of a scope and those for all. Read anew each time: a change is in force at once, everywhere. */
export async function readScopeSettings(db: Database | Transaction, scopeId: string) {
  const rows = await db
    .selectFrom('settings')
    .select(['scopeId', 'key', 'value'])
    .where('scopeId', 'in', [globalScope, scopeId])
    .where((row) =>
      row.or([
        row('key', 'like', 'limits.%'),
        row('key', 'like', 'ownLimits.%'),
        row('key', 'like', 'rules.%'),
        row('key', '=', hiddenModelsKey),
      ]),
    )
    .execute();
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

/** What holds in a scope, and for whom nothing does. */
export async function readPolicy(
  db: Database,
  scopeId: string,
  configured: Limits,
): Promise<Policy> {
  const [{ ofAll, ofScope }, blocks] = await Promise.all([
    readScopeSettings(db, scopeId),
    db
      .selectFrom('blocks')
      .select(['scopeId', 'userId'])
      .where('scopeId', 'in', [globalScope, scopeId])
      .execute(),
  ]);
  const isGlobal = (block: { readonly scopeId: string }) => block.scopeId === globalScope;
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
