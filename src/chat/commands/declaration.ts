import type { Platform } from '../../engine/index.js';

/** A leaf of the command tree as the platforms' menus need it; made from the command's zod options. */
export interface CommandDeclaration {
  /** Words, e.g. `['imagine']` or `['admin', 'concurrency', 'set']`. */
  readonly path: readonly string[];
  /** By locale (`en-US`, `zh-CN`). */
  readonly description: Readonly<Record<string, string>>;
  readonly options: readonly OptionDeclaration[];
  /** Who sees it in the menu: everyone, or those who manage the scope. */
  readonly audience: 'everyone' | 'managers';
  /** Where it is offered: `start` is Telegram's alone. */
  readonly platforms: readonly Platform[];
  /** By locale: its name in the menu of a message. It is offered there, and nowhere else. */
  readonly messageMenu?: Readonly<Record<string, string>>;
}

export interface CommandGroup {
  readonly path: readonly string[];
  readonly description: Readonly<Record<string, string>>;
}

export interface OptionDeclaration {
  readonly name: string;
  readonly description: Readonly<Record<string, string>>;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'attachment' | 'user';
  readonly required: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Whether `chat.suggest` has something to offer while it is typed. */
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
}
