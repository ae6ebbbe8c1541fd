import type { UserPreferences } from '../preferences/preferences-service.js';

export type Platform = 'discord' | 'telegram';

/** Who somebody is on a chat platform. `name` is what people there read; it proves nothing. */
export interface Identity {
  readonly platform: Platform;
  /** The platform's own id, as decimal digits. */
  readonly platformUserId: string;
  readonly name: string;
  /** What others address them by there, such as Telegram's username, without `@`. */
  readonly handle?: string;
  /** BCP 47, as the platform tells it, e.g. `en-US`, `zh-CN`, `zh-hans`. */
  readonly locale: string;
}

export interface User extends Identity {
  /** Of the person: the same for accounts that were joined. */
  readonly id: string;
  /** What they want where they say nothing else; only of who asks. */
  readonly preferences?: UserPreferences;
}

/** Who asks for a change. `manages` is decided by the bots (owner of all, or of this scope). */
export interface Actor {
  readonly userId: string;
  /** May act on other people's batches. */
  readonly manages: boolean;
}
