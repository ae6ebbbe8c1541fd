import type { EngineProblem } from '../engine-error.js';
import type { Limits } from '../limits/limit.js';
import { findBlockedWord } from '../rules/blocked-word.js';
import type { Rules } from '../rules/rule.js';

/** Where in a server or chat somebody asks. */
export interface RequestPlace {
  /** The channel or topic, and what it is part of: each may be allowed by a rule. */
  readonly ids: readonly string[];
  /** What the platform says of it; null where it says nothing. Asked only where a rule needs it. */
  readonly isAgeRestricted: () => Promise<boolean | null>;
}

/** All that decides whether something may be made, as it stands now. */
export interface Policy {
  readonly limits: Limits;
  readonly rules: Rules;
  /** Models that are not offered, in lower case. */
  readonly hiddenModels: ReadonlySet<string>;
  /** People who may have nothing made, and where. */
  readonly blocked: ReadonlyMap<string, 'here' | 'everywhere'>;
}

/** What holds in a scope, or for all where it is `global`; at most a second old. */
export type PolicyReader = (scopeId: string) => Promise<Policy>;

export function blockOf({ blocked }: Policy, userId: string): EngineProblem | undefined {
  const where = blocked.get(userId);
  return where && { kind: 'blocked', everywhere: where === 'everywhere' };
}

/** What somebody wants to have made. */
export interface PolicyRequest {
  readonly userId: string;
  /** As it was typed, and as tasks have it. */
  readonly prompts: readonly string[];
  readonly models: readonly string[];
  readonly presets: readonly string[];
  readonly place: RequestPlace | undefined;
}

/** Why it may not be made, or undefined. What concerns the person is told before what concerns the wish. */
export async function policyProblem(
  policy: Policy,
  { userId, prompts, models, presets, place }: PolicyRequest,
): Promise<EngineProblem | undefined> {
  const { rules } = policy;
  const blocked = blockOf(policy, userId);
  if (blocked) return blocked;
  if (rules.channels.length > 0 && !place?.ids.some((id) => rules.channels.includes(id))) {
    return { kind: 'place-not-allowed' };
  }
  for (const prompt of prompts) {
    const word = findBlockedWord(prompt, rules.blockedWords);
    if (word !== undefined) return { kind: 'blocked-word', word };
  }
  const model = models.find((name) => rules.nsfwModels.includes(name.toLowerCase()));
  const preset = presets.find((name) => rules.nsfwPresets.includes(name.toLowerCase()));
  if (model === undefined && preset === undefined) return undefined;
  const isRestricted = (await place?.isAgeRestricted()) ?? rules.ageRestricted;
  if (isRestricted) return undefined;
  return model === undefined
    ? { kind: 'age-restricted-only', of: 'preset', name: preset ?? '' }
    : { kind: 'age-restricted-only', of: 'model', name: model };
}
