import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import type { SettingAuthor } from '../limits/limit-service.js';
import { readScopeSettings } from '../policy/policy.repository.js';
import { globalScope, writeSetting } from '../settings/setting.repository.js';
import {
  entriesOf,
  globalRules,
  type ListRuleName,
  type RuleName,
  type Rules,
  ruleBounds,
  ruleKey,
  rulesInForce,
} from './rule.js';

/** Replaces all entries, or adds to or removes from what is there. */
export type EntryChange = {
  readonly mode: 'replace' | 'add' | 'remove';
  readonly entries: readonly string[];
};

export interface RuleService {
  /** Those in force in a scope, those for all among them; or those for all where it is `global`. */
  read(scopeId: string): Promise<Rules>;
  /** In force at once in every process. @throws EngineError bad-setting, not-of-one-scope */
  setEntries(author: SettingAuthor, name: ListRuleName, change: EntryChange): Promise<Rules>;
  /** Says that a chat is for adults, where its platform has no such mark. @throws EngineError */
  setAgeRestricted(author: SettingAuthor, value: boolean): Promise<Rules>;
}

export function createRuleService(db: Database, transact: Transact): RuleService {
  const inForce = async (executor: Parameters<typeof readScopeSettings>[0], scopeId: string) => {
    const { ofAll, ofScope } = await readScopeSettings(executor, scopeId);
    return rulesInForce(ofAll, ofScope);
  };

  return {
    read: (scopeId) => inForce(db, scopeId),

    setEntries: ({ scopeId, userId }, name, { mode, entries }) =>
      transact(async (trx) => {
        checkScope(name, scopeId);
        const { ofAll, ofScope } = await readScopeSettings(trx, scopeId);
        const key = ruleKey(name);
        const before = entriesOf(scopeId === globalScope ? ofAll(key) : ofScope(key));
        const given = entries.map((entry) => entry.trim().toLowerCase()).filter(Boolean);
        const after = {
          replace: () => given,
          add: () => [...before, ...given],
          remove: () => before.filter((entry) => !given.includes(entry)),
        }[mode]();
        const value = [...new Set(after)];
        const { maxEntries, maxCharacters } = ruleBounds;
        if (value.length > maxEntries || value.some((entry) => entry.length > maxCharacters)) {
          const expected = `at most ${maxEntries} entries of up to ${maxCharacters} characters`;
          throw new EngineError({ kind: 'bad-setting', key: name, expected });
        }
        await writeSetting(trx, { scopeId, key, value, userId });
        return inForce(trx, scopeId);
      }),

    setAgeRestricted: ({ scopeId, userId }, value) =>
      transact(async (trx) => {
        checkScope('ageRestricted', scopeId);
        await writeSetting(trx, { scopeId, key: ruleKey('ageRestricted'), value, userId });
        return inForce(trx, scopeId);
      }),
  };
}

function checkScope(name: RuleName, scopeId: string): void {
  if (scopeId === globalScope && !globalRules.includes(name)) {
    throw new EngineError({ kind: 'of-one-scope-only', key: name });
  }
}
