import type { z } from 'zod';
import type { Actor, BatchView, Engine, Platform, User } from '../../engine/index.js';
import type { Form } from '../form.js';
import type { ChatRequest, Reply } from '../request.js';
import type { LocalizedTexts } from '../texts.js';
import { type RawOptions, readOptions } from './option-values.js';

/** What a command works with. */
export interface CommandContext {
  readonly engine: Engine;
  readonly request: ChatRequest;
  readonly user: User;
  /** In the asker's language. */
  readonly texts: LocalizedTexts;
  readonly now: () => Date;
  /** One of `EASEL_ADMINS`. */
  readonly isAdmin: boolean;
  /** All there are, in the order of the menus. */
  readonly commands: readonly Command[];
  /** Words that several commands begin with, each with the key of its description. */
  readonly commandGroups: readonly {
    readonly path: readonly string[];
    readonly description: string;
  }[];
  /**
   * A batch with who asks, as the engine wants to know it: administrators may act on every batch,
   * those who manage a scope on the batches of that scope.
   * @throws EngineError unknown-batch
   */
  readonly batchAndActor: (batchId: string) => Promise<{ batch: BatchView; actor: Actor }>;
}

/** Who may run a command: `scope-managers` are those of the scope that it is run in, and admins. */
export type Permission = 'everyone' | 'scope-managers' | 'admins';

export type FormFilling = (
  form: Form,
  options: RawOptions,
  place: Pick<ChatRequest, 'scopeId'> & Pick<CommandContext, 'engine'>,
) => Promise<Form>;

export interface CommandDefinition<Options extends z.ZodObject> {
  /** Its words, e.g. `['admin', 'concurrency', 'set']`. */
  readonly path: readonly string[];
  /** The key of its description. */
  readonly description: string;
  /** Each value is described in the option registry. */
  readonly options: Options;
  readonly permission: Permission;
  /** Both, when left out. */
  readonly platforms?: readonly Platform[];
  /** True when the answer is a card, which everybody in the chat may see. */
  readonly opensCard?: boolean;
  /** Written as text, its options are named: `aspect 16:9 count 2`, or as flags. */
  readonly hasNamedWords?: boolean;
  /** The key of its name in the menu of a message, where it is an entry of that and no more. */
  readonly messageMenu?: string;
  /**
   * What to ask for first, where a platform has forms and these options are not enough. Known at
   * once, from the options alone: a form cannot follow an acknowledgement.
   */
  readonly form?: (options: RawOptions, texts: LocalizedTexts) => Form | undefined;
  /** Writes into the form what stands there already. It goes out empty where that takes too long. */
  readonly fillForm?: FormFilling;
  /** @throws Refusal, EngineError and what else `explain` has words for */
  readonly run: (context: CommandContext, options: z.output<Options>) => Promise<Reply>;
}

export interface Command {
  readonly path: readonly string[];
  readonly description: string;
  readonly options: z.ZodObject;
  readonly permission: Permission;
  readonly platforms: readonly Platform[];
  readonly opensCard: boolean;
  readonly hasNamedWords?: boolean;
  readonly messageMenu?: string;
  readonly form?: (options: RawOptions, texts: LocalizedTexts) => Form | undefined;
  readonly fillForm?: FormFilling;
  /** Options as they came. @throws Refusal that names every wrong one */
  readonly run: (context: CommandContext, options: RawOptions) => Promise<Reply>;
}

export function defineCommand<Options extends z.ZodObject>(
  definition: CommandDefinition<Options>,
): Command {
  return {
    platforms: ['discord', 'telegram'],
    opensCard: false,
    ...definition,
    run: async (context, options) => {
      const by = context.request.intent.kind === 'text-command' ? 'text' : 'menu';
      return definition.run(context, readOptions(definition.options, options, by));
    },
  };
}
