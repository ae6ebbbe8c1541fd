import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Engine, EngineError, type User } from '../engine/index.js';
import { asksByForm, runButton } from './button-actions.js';
import { decodeButton } from './buttons.js';
import { checkChannelPermissions } from './channel-permissions.js';
import type { Command, CommandContext } from './commands/command.js';
import { createCommandTree, type GroupDefinition } from './commands/command-tree.js';
import type { CommandDeclaration, CommandGroup } from './commands/declaration.js';
import { commands as allCommands, commandGroups as allGroups } from './commands/index.js';
import { invocationOf } from './commands/invocation.js';
import { optionShapes } from './commands/option-registry.js';
import { wantPrivate } from './commands/option-values.js';
import { type Suggestion, suggest } from './commands/suggestions.js';
import { explain } from './explanation.js';
import type { Form } from './form.js';
import { soon } from './form-patience.js';
import { addImages } from './more-images.js';
import { Refusal, sentence } from './refusal.js';
import type { ChatRequest, Intent, Reply } from './request.js';
import type { Texts } from './texts.js';

export interface ChatDependencies {
  readonly engine: Engine;
  readonly log: Logger;
  /** `EASEL_ADMINS`, e.g. `discord:123`. */
  readonly admins: ReadonlySet<string>;
  readonly texts: Texts;
  /** Wall clock, for texts and tests. */
  readonly now: () => Date;
  /** All that there are unless told, and their groups. */
  readonly commands?: readonly Command[];
  readonly commandGroups?: readonly GroupDefinition[];
  /** Names a defect for the user and the log. */
  readonly newErrorId: () => string;
  /**
   * Where an answer takes longer than this, e.g. for a large image, the platform is told that it is
   * coming, and errors may be public. 600 ms unless told: Discord waits 3 s at most.
   */
  readonly patienceMs?: number;
}

export interface Chat {
  /**
   * Answers a request. Never throws for what a user did or for a part that is away: that becomes a
   * private text. A defect becomes an apology with an id that the log has too.
   *
   * The card of a new batch has closed the request's inbox row, in the batch's transaction (see
   * `hasClosedRequest`). After any other reply the bot closes it (`engine.inbox.close`) once the reply was sent.
   */
  handle(request: ChatRequest): Promise<Reply>;
  /** Whether the reply may be a form: then nothing must be acknowledged before it is there. */
  opensForm(intent: Intent): boolean;
  /**
   * What to offer while an option of `autocomplete` is being typed, best first; none for what has
   * nothing to offer, or where the record is away.
   */
  suggest(request: SuggestionRequest): Promise<readonly Suggestion[]>;
  /** The explicit list of commands, for the platforms' menus. */
  readonly commands: readonly CommandDeclaration[];
  /** The inner nodes of the command tree, e.g. `admin` and `admin concurrency`, parents first. */
  readonly commandGroups: readonly CommandGroup[];
  /** A text by its key, for the few things that bots say themselves. */
  text(locale: string, key: string, variables?: Record<string, string | number>): string;
}

export interface SuggestionRequest {
  /** The command's words, e.g. `imagine`, or `admin preset edit`. */
  readonly command: string;
  readonly option: string;
  /** As far as it is typed. */
  readonly typed: string;
  readonly scopeId: string;
}

/** Milliseconds that the record has to say who asks, before the platform is told that it takes longer. */
const personPatienceMs = 1200;

export function createChat(dependencies: ChatDependencies): Chat {
  const { engine, log, admins, texts, now, newErrorId, patienceMs = 600 } = dependencies;
  const { commands = allCommands, commandGroups = allGroups } = dependencies;
  const tree = createCommandTree(commands, commandGroups, texts);

  const isAdminAsking = ({ platform, identity }: ChatRequest): boolean =>
    admins.has(`${platform}:${identity.platformUserId}`);

  const contextFor = (request: ChatRequest, user: User): CommandContext => {
    const isAdmin = isAdminAsking(request);
    return {
      engine,
      request,
      user,
      texts: texts.inLocale(user.locale),
      now,
      isAdmin,
      commands,
      commandGroups,
      batchAndActor: async (id) => {
        const batch = (await engine.batch(id)) ?? (await engine.history.batchOfTask(id));
        if (!batch) throw new EngineError({ kind: 'unknown-batch', id });
        // Who manages one scope, e.g. a private chat, has no say over the batches of another.
        const manages =
          isAdmin || (batch.scopeId === request.scopeId && (await request.managesScope()));
        return { batch, actor: { userId: user.id, manages } };
      },
    };
  };

  const runIntent = async (request: ChatRequest, asking: Promise<User>): Promise<Reply> => {
    const context = async () => contextFor(request, await asking);
    const { intent } = request;
    if (intent.kind === 'button') {
      const action = decodeButton(intent.payload);
      if (!action) throw new Refusal(sentence('button-unknown'));
      return runButton(await context(), action, intent.answers);
    }
    if (intent.kind === 'more-images') return addImages(await context(), intent);
    const { command, options } = invocationOf(tree, intent);
    const known = await context();
    await checkPermission(command, request, known.isAdmin);
    if (command.opensCard) checkChannelPermissions(request);
    return command.run(known, options);
  };

  /** @throws Refusal as `invocationOf` */
  const formOf = (intent: Intent, locale: string) => {
    const isAsked = intent.kind === 'command' || intent.kind === 'message-menu';
    if (!isAsked || intent.answers !== undefined) return undefined;
    const { command, options } = invocationOf(tree, intent);
    const form = command.form?.(options, texts.inLocale(locale));
    return form && { form, command, options };
  };

  /** Nobody fills in what will be refused. @throws Refusal */
  const filledForm = async (
    { form, command, options }: NonNullable<ReturnType<typeof formOf>>,
    request: ChatRequest,
  ): Promise<Form> => {
    await checkPermission(command, request, isAdminAsking(request));
    const place = { engine, scopeId: request.scopeId };
    return (command.fillForm && (await soon(command.fillForm(form, options, place)))) ?? form;
  };

  const opensForm: Chat['opensForm'] = (intent) => {
    if (intent.kind === 'button') {
      const action = decodeButton(intent.payload);
      return action !== undefined && intent.answers === undefined && asksByForm(action);
    }
    try {
      return formOf(intent, 'en') !== undefined;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };

  return {
    opensForm,
    commands: tree.declarations,
    commandGroups: tree.groups,
    text: (locale, key, variables) => texts.inLocale(locale).text(key, variables),
    async suggest({ command: words, option, typed, scopeId }) {
      const command = commands.find(({ path }) => path.join(' ') === words);
      const shapes = command ? optionShapes(command.options) : [];
      const kind = shapes.find(({ name }) => name === option)?.meta.suggests;
      if (!kind) return [];
      try {
        return await suggest[kind]({ engine, scopeId, typed });
      } catch (error) {
        // Somebody is still typing: what is wrong is told when the command is sent.
        log.warn({ err: error, command: words, option }, 'no suggestions');
        return [];
      }
    },
    handle: async (request) => {
      const { intent, identity } = request;
      const asking = engine.ensureUser(identity);
      // Whether a card is for one alone may be a matter of their settings: who asks goes first.
      const known = asking.catch(() => undefined);
      const acknowledge = async () => {
        const who = await Promise.race([known, sleep(personPatienceMs, undefined, { ref: false })]);
        const wanted = who ? (who.preferences?.private ?? false) : true;
        const isPrivate = isAnswerPrivate(intent, commands) || (intent.kind !== 'button' && wanted);
        await request.acknowledge({ private: isPrivate }).catch((error) => {
          log.warn({ err: error, updateKey: request.updateKey }, 'acknowledging in time failed');
        });
      };
      const patience = opensForm(intent) ? undefined : setTimeout(acknowledge, patienceMs);
      try {
        const asked = formOf(intent, identity.locale);
        return asked
          ? { kind: 'form', form: await filledForm(asked, request) }
          : await runIntent(request, asking);
      } catch (error) {
        const localized = texts.inLocale((await known)?.locale ?? identity.locale);
        const explanation = explain(error, localized);
        if (explanation !== undefined) return { kind: 'text', text: explanation, private: true };
        const id = newErrorId();
        log.error({ err: error, errorId: id, updateKey: request.updateKey }, 'request failed');
        return { kind: 'text', text: localized.text('defect', { id }), private: true };
      } finally {
        clearTimeout(patience);
      }
    },
  };
}

function isAnswerPrivate(intent: Intent, commands: readonly Command[]): boolean {
  if (intent.kind === 'button') {
    if (intent.answers !== undefined) return false;
    const kind = decodeButton(intent.payload)?.kind;
    return kind !== 'again' && kind !== 'upscale' && kind !== 'vary' && kind !== 'share';
  }
  if (intent.kind === 'message-menu' || intent.kind === 'more-images') return false;
  const command = commands.find(({ path }) => path.join(' ') === intent.name);
  if (!command?.opensCard) return true;
  return intent.kind === 'command' && wantPrivate(command.options, intent.options, 'menu');
}

async function checkPermission(
  { permission }: Command,
  request: ChatRequest,
  isAdmin: boolean,
): Promise<void> {
  if (permission === 'everyone' || isAdmin) return;
  if (permission === 'admins') throw new Refusal(sentence('admins-only'));
  if (!(await request.managesScope())) throw new Refusal(sentence('managers-only'));
}
