/** What may be made where. Rules of a scope and those for all hold together. */
export interface Rules {
  /** Channels or topics where Easel may be used; empty: everywhere. A scope's own matter alone. */
  readonly channels: readonly string[];
  /** No prompt may have one of these. */
  readonly blockedWords: readonly string[];
  /** Models and presets for age-restricted places only, in lower case. */
  readonly nsfwModels: readonly string[];
  readonly nsfwPresets: readonly string[];
  /** Whether a chat counts as age-restricted where its platform does not say. */
  readonly ageRestricted: boolean;
}

export type RuleName = keyof Rules;
export type ListRuleName = Exclude<RuleName, 'ageRestricted'>;

/** Those that can be set for all servers and chats at once. */
export const globalRules: readonly RuleName[] = ['blockedWords', 'nsfwModels', 'nsfwPresets'];

export const ruleKey = (name: RuleName) => `rules.${name}`;

/** Entries of one rule, and characters of an entry, at most. */
export const ruleBounds = { maxEntries: 200, maxCharacters: 60 } as const;

export type RuleSettingReader = (key: string) => unknown;

export function rulesInForce(ofAll: RuleSettingReader, ofScope: RuleSettingReader): Rules {
  const both = (name: ListRuleName) => [
    ...new Set([...entriesOf(ofAll(ruleKey(name))), ...entriesOf(ofScope(ruleKey(name)))]),
  ];
  return {
    channels: entriesOf(ofScope(ruleKey('channels'))),
    blockedWords: both('blockedWords'),
    nsfwModels: both('nsfwModels'),
    nsfwPresets: both('nsfwPresets'),
    ageRestricted: ofScope(ruleKey('ageRestricted')) === true,
  };
}

export function entriesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
