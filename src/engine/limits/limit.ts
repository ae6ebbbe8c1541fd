import type { DailyQuotas } from '../usage/quota.js';

/** What may be asked for, and how much of it runs. Null: there is no such limit. */
export interface Limits {
  /** Waiting tasks of one user. */
  readonly waitingTasks: number;
  /** Running tasks of one user at a time, while others wait. */
  readonly runningTasks: number;
  /** The same, though slots idle. */
  readonly hardRunningTasks: number | null;
  /** Images that one user may ask for on one day (UTC). */
  readonly userImagesPerDay: number | null;
  /** The same of one server or chat. */
  readonly scopeImagesPerDay: number | null;
  /** Turns of an administrator for one of everybody else. */
  readonly adminWeight: number;
  /** Of one prompt, without its flags. */
  readonly promptMaxCharacters: number;
}

export type LimitName = keyof Limits;

export interface LimitBounds {
  readonly min: number;
  readonly max: number;
  /** May be switched off. */
  readonly optional: boolean;
  /** Those who manage a scope may tighten it there. The rest concerns everybody at once. */
  readonly scoped: boolean;
}

/** Discord takes no longer text as an option (application command option, `max_length`). */
const longestPrompt = 6000;

export const limitBounds = {
  waitingTasks: { min: 1, max: 100_000, optional: false, scoped: true },
  runningTasks: { min: 1, max: 1000, optional: false, scoped: false },
  hardRunningTasks: { min: 1, max: 1000, optional: true, scoped: false },
  userImagesPerDay: { min: 1, max: 1_000_000, optional: true, scoped: true },
  scopeImagesPerDay: { min: 1, max: 1_000_000, optional: true, scoped: true },
  adminWeight: { min: 1, max: 100, optional: false, scoped: false },
  promptMaxCharacters: { min: 1, max: longestPrompt, optional: false, scoped: true },
} as const satisfies Record<LimitName, LimitBounds>;

export const limitNames = Object.keys(limitBounds) as readonly LimitName[];

/** Where nothing else is configured. */
export const defaultLimits: Limits = {
  waitingTasks: 100,
  runningTasks: 3,
  hardRunningTasks: null,
  userImagesPerDay: null,
  scopeImagesPerDay: null,
  adminWeight: 1,
  promptMaxCharacters: 4000,
};

/** A limit as administrators set it, for all or for one scope: a number, `off`, or null for none. */
export const limitKey = (name: LimitName) => `limits.${name}`;
/** The same as those who manage a scope set it there. */
export const ownLimitKey = (name: LimitName) => `ownLimits.${name}`;

export type LimitValue = number | 'off';

export function isLimitValue(name: LimitName, value: unknown): value is LimitValue {
  const { min, max, optional } = limitBounds[name];
  if (value === 'off') return optional;
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

export function dailyQuotas({ userImagesPerDay, scopeImagesPerDay }: Limits): DailyQuotas {
  return { user: userImagesPerDay, scope: scopeImagesPerDay };
}

/** Reads one setting of a scope; undefined or null where there is none. */
export type SettingReader = (key: string) => unknown;

/**
 * The limits in force in a scope: what administrators set for it goes before what they set for all,
 * and that before the configuration. What a scope's managers set there only tightens them.
 */
export function limitsInForce(
  configured: Limits,
  ofAll: SettingReader,
  ofScope: SettingReader,
): Limits {
  const inForce = (name: LimitName): number | null => {
    const set = [ofScope(limitKey(name)), ofAll(limitKey(name))].find((value) =>
      isLimitValue(name, value),
    );
    const general = set === undefined ? configured[name] : set === 'off' ? null : Number(set);
    const own = ofScope(ownLimitKey(name));
    if (typeof own !== 'number') return general;
    return general === null ? own : Math.min(general, own);
  };
  return Object.fromEntries(limitNames.map((name) => [name, inForce(name)])) as unknown as Limits;
}
