import type { Logger } from 'pino';
import type { Engine, Platform } from '../engine/index.js';
import type { ChatRequest, Reply } from './request.js';

export interface ChatDependencies {
  readonly engine: Engine;
  readonly log: Logger;
  /** `EASEL_ADMINS`, e.g. `discord:123`. */
  readonly admins: ReadonlySet<string>;
  /** Wall clock, for texts and tests. */
  readonly now: () => Date;
}

export interface Chat {
  /**
   * Answers a request. Never throws for what a user did or for a part that is away: that becomes a
   * private text. A defect becomes an apology with an id that the log has too.
   *
   * A reply of kind `card` has closed the request's inbox row, in the batch's transaction. After any
   * other reply the bot closes it (`engine.inbox.close`) once the reply was sent.
   */
  handle(request: ChatRequest): Promise<Reply>;
  /** The explicit list of commands, for the platforms' menus. */
  readonly commands: readonly CommandDeclaration[];
  /** The inner nodes of the command tree, e.g. `admin` and `admin concurrency`, parents first. */
  readonly commandGroups: readonly CommandGroup[];
  /** A text by its key, for the few things that bots say themselves. */
  text(locale: string, key: string, variables?: Record<string, string | number>): string;
}

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
}

export interface CommandGroup {
  readonly path: readonly string[];
  readonly description: Readonly<Record<string, string>>;
}

export interface OptionDeclaration {
  readonly name: string;
  readonly description: Readonly<Record<string, string>>;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'attachment';
  readonly required: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
}
