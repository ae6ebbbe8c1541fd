import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Chat, type ChatPlatform, createInboxWatch } from '../../chat/index.js';
import type { Engine, ImageLinks } from '../../engine/index.js';
import { createCardPlatform } from './card-platform.js';
import { createChatMembers } from './chat-members.js';
import { createChatMigration } from './chat-migration.js';
import { updateCommandMenu } from './command-menu.js';
import { connect } from './connection.js';
import { fileAttachment } from './file-download.js';
import { createReplySender } from './reply-sender.js';
import { createSendBudget, type SendLimits } from './send-budget.js';
import { createTelegramApi } from './telegram-api.js';
import { createUpdateHandler } from './update-handler.js';
import { createUpdateIntake, type UpdateIntake } from './update-intake.js';
import { pollUpdates } from './update-poller.js';

export interface TelegramBotDeps {
  readonly token: string;
  /** `TELEGRAM_API_ROOT`; Telegram's own without it. Files are fetched from there alone. */
  readonly apiRoot?: string;
  readonly engine: Engine;
  readonly chat: Chat;
  readonly log: Logger;
  /** For originals that Telegram takes no file of. Without it, they come smaller. */
  readonly links?: ImageLinks | null;
  readonly now: () => Date;
  /** For files; the Bot API is called by grammY. */
  readonly fetch: typeof globalThis.fetch;
  /** Telegram's own unless told. */
  readonly limits?: SendLimits;
}

export interface TelegramBot {
  /**
   * Resolves once the bot is known to Telegram and polls; waits while Telegram is away.
   * @throws StartError when the token is wrong
   */
  start(): Promise<void>;
  /** Takes nothing more, and gives what is being dealt with two seconds. Cards can still be shown. */
  stop(): Promise<void>;
  /** After the last card: what still waits for the chats' budgets is not sent. */
  close(): void;
  readonly platform: ChatPlatform;
}

const stopGraceMs = 2000;

export function createTelegramBot(deps: TelegramBotDeps): TelegramBot {
  const { token, engine, chat, now, fetch } = deps;
  const log = deps.log.child({ bot: 'telegram' });
  const apiRoot = (deps.apiRoot ?? 'https://api.telegram.org').replace(/\/+$/, '');
  const { host } = new URL(apiRoot);
  const moveChat = createChatMigration({ engine, log });
  const api = createTelegramApi({
    token,
    apiRoot,
    // Where the service messages were missed, the first call to the group tells of it.
    onMigrated: (migration) =>
      void moveChat(migration).catch((error: unknown) =>
        log.warn({ err: error, ...migration }, 'The scope of a group was not moved'),
      ),
  });
  const budget = createSendBudget(deps.limits ? { limits: deps.limits } : {});
  const stopping = new AbortController();
  const stopSignal = stopping.signal;
  let intake: UpdateIntake | undefined;
  let work: Promise<unknown> = Promise.resolve();

  const sleep = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal: stopSignal }).catch((error: unknown) => {
      if (!stopSignal.aborted) throw error;
    });
  };

  return {
    platform: createCardPlatform({ api, budget, engine, log, now }),

    async start() {
      const me = await connect({ api, host, log, sleep, stopSignal });
      if (me === undefined) return;
      const commands = new Set(chat.commands.flatMap(({ path }) => path.slice(0, 1)));
      const bot = { id: me.id, username: me.username, commands };
      const replies = createReplySender({
        api,
        budget,
        engine,
        links: deps.links ?? null,
        chat,
        log,
        sleep,
        stopSignal,
      });
      const handler = createUpdateHandler({
        bot,
        engine,
        chat,
        log,
        members: createChatMembers(api, now),
        replies,
        moveChat,
        attachmentOf: (source) => fileAttachment({ api, token, apiRoot, fetch }, source),
      });
      const taken = createUpdateIntake({ api, bot, engine, chat, handler, replies, log });
      intake = taken;
      const { inbox } = engine;
      const watch = createInboxWatch({ ...taken, inbox, platform: 'telegram', log });
      watch.start();
      stopSignal.addEventListener('abort', watch.stop, { once: true });
      const failed = (part: string) => (error: unknown) =>
        log.fatal({ err: error }, `The Telegram bot's ${part} ended by a defect`);
      work = Promise.all([
        pollUpdates({ api, log, take: taken.take, sleep, stopSignal }).catch(failed('polling')),
        updateCommandMenu(api, chat, log).catch(failed('menu')),
      ]);
      log.info({ username: me.username, host }, 'The Telegram bot is ready');
    },

    async stop() {
      stopping.abort();
      await intake?.stop(stopGraceMs);
      await Promise.race([work, delay(stopGraceMs, undefined, { ref: false })]);
    },

    close() {
      budget.close();
    },
  };
}
