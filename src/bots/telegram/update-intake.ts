import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from 'grammy';
import type { Message, Update } from 'grammy/types';
import type { Logger } from 'pino';
import type { Chat } from '../../chat/index.js';
import { type Engine, RecordUnavailableError } from '../../engine/index.js';
import { createAlbumCollector } from './album-collector.js';
import { type CallbackAnswer, createCallbackAnswer } from './callback-answer.js';
import { createKeyedQueue } from './keyed-queue.js';
import { type BotIdentity, translateMessages } from './message-translation.js';
import type { ReplySender } from './reply-sender.js';
import { personSender, senderOf, threadIdOf } from './sender.js';
import type { Handled, UpdateHandler } from './update-handler.js';

export interface UpdateIntakeDeps {
  readonly api: Api;
  readonly bot: BotIdentity;
  readonly engine: Engine;
  readonly chat: Chat;
  readonly handler: UpdateHandler;
  readonly replies: ReplySender;
  readonly log: Logger;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Writes updates down before anything is done about them, then has each dealt with in its turn. */
export interface UpdateIntake {
  /** Resolves once all of them are on record, or were answered 'busy': then the offset may move. */
  take(updates: readonly Update[]): Promise<void>;
  /** Takes up what an earlier process left open. @throws RecordUnavailableError */
  resume(): Promise<void>;
  /** Begins nothing more and waits at most `graceMs` for what runs; the rest stays on record. */
  stop(graceMs: number): Promise<void>;
}

/** Files are fetched and decoded meanwhile, so that more at once would not be faster. */
const maxConcurrent = 32;

/** Milliseconds that the record has to take an update down: meanwhile nothing else is polled. */
const recordPatienceMs = 2_000;

/** While the record is away: for how long an answered update is tried to be closed. */
const closeAttempts = 60;
const closePauseMs = 1_000;

export function createUpdateIntake(deps: UpdateIntakeDeps): UpdateIntake {
  const { api, bot, engine, chat, handler, replies, log } = deps;
  const { inbox } = engine;
  const onDefect = (error: unknown) => log.error({ err: error }, 'An update could not be handled');
  const messageQueue = createKeyedQueue(maxConcurrent, onDefect);
  // Buttons and replies wait for nobody's downloads.
  const callbackQueue = createKeyedQueue(maxConcurrent, onDefect);
  const replyQueue = createKeyedQueue(Number.POSITIVE_INFINITY, onDefect);
  const albums = createAlbumCollector();
  /** Keys of updates that this process deals with. */
  const inHand = new Set<string>();
  /** Keys of updates that the record took too long to take down: nobody deals with their rows. */
  const refused = new Set<string>();
  let isStopped = false;

  /** Closes the updates once the reply is in the chat. */
  const finish = (queueKey: string, keys: readonly string[], handled: Handled | undefined) => {
    replyQueue.add(queueKey, async () => {
      try {
        if (handled && !(await handled.send())) return;
        if (handled?.isClosed) return;
        for (const key of keys) await close(key);
      } finally {
        for (const key of keys) inHand.delete(key);
      }
    });
  };

  /** Left open, an update would be dealt with again at the next start, after it was answered. */
  const close = async (key: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inbox.close('telegram', key);
      } catch (error) {
        if (isStopped || attempt === closeAttempts) throw error;
        await deps.sleep(closePauseMs);
      }
    }
  };

  const handleAlbum = async (album: Album, isLate: boolean, queueKey: string) => {
    const open = await inbox.group('telegram', album.groupKey);
    const rows = open.filter(({ key }) => !refused.has(key));
    const messages = rows
      .flatMap(({ payload }) => (isUpdate(payload) && payload.message ? [payload.message] : []))
      .sort((a, b) => a.message_id - b.message_id);
    const partKeys = rows.map(({ key }) => key);
    const albumKey = `album:${album.groupKey}`;
    const handled = await handler.messages(messages, albumKey, { isLate, partKeys });
    const others = album.keys.filter((key) => !partKeys.includes(key));
    finish(queueKey, [...partKeys, ...others], handled);
  };

  const albumsInHand = new Map<string, Album>();
  const scheduleMessage = (key: string, message: Message): void => {
    const queueKey = `${message.chat.id} ${message.sender_chat?.id ?? message.from?.id}`;
    const groupKey = groupKeyOf(message);
    if (groupKey === undefined) {
      messageQueue.add(queueKey, async () =>
        finish(queueKey, [key], await handler.messages([message], key)),
      );
      return;
    }
    const album = albumsInHand.get(groupKey) ?? { groupKey, keys: [] };
    album.keys.push(key);
    albumsInHand.set(groupKey, album);
    albums.arrived(groupKey, ({ isLate }) => {
      albumsInHand.delete(groupKey);
      messageQueue.add(queueKey, () => handleAlbum(album, isLate, queueKey));
    });
  };

  const schedule = ({ update, key, answer }: Received): void => {
    if (isStopped || inHand.has(key) || refused.has(key)) return;
    inHand.add(key);
    const { message, callback_query: query } = update;
    if (message) scheduleMessage(key, message);
    if (query) {
      const queueKey = `${query.from.id}`;
      const given = answer ?? createCallbackAnswer(api, query.id, log);
      callbackQueue.add(queueKey, async () =>
        finish(`button ${queueKey}`, [key], await handler.callback(query, key, given)),
      );
    }
  };

  /** Resolves with whether the words were sent. Undefined: there is nobody to tell. */
  const sayBusy = (
    update: Update,
    answer: CallbackAnswer | undefined,
  ): Promise<boolean> | undefined => {
    const { message, callback_query: query } = update;
    const asked = message ?? query?.message;
    const sender = message ? senderOf(message) : query && personSender(query.from);
    if (!asked || !sender || (message && translateMessages([message], bot).kind === 'ignored')) {
      return undefined;
    }
    const { locale } = sender.identity;
    const text = chat.text(locale, 'busy');
    const place = {
      chatId: asked.chat.id,
      threadId: asked.date === 0 ? null : threadIdOf(asked),
      messageId: asked.message_id,
      locale,
      ...(answer && { callback: answer }),
    };
    const send = async () => {
      try {
        return await replies.send({ kind: 'text', text, private: true }, place);
      } catch (error) {
        onDefect(error);
        return false;
      }
    };
    return new Promise((resolve) => {
      replyQueue.add(`busy ${asked.chat.id}`, async () => resolve(await send()));
    });
  };

  /**
   * Waits for a record that had not answered in time. Its row may be written yet, after 'nothing was
   * kept': it is closed, lest people get what they were told to ask for again, but only once they
   * were told. Until then it stays open, as it does when this process ends first: the next start
   * deals with it, since an update may be dealt with too often rather than not at all. A part of an
   * album that nothing was said about is taken up now.
   */
  const receiveLate = async (
    received: Received,
    writing: Promise<{ readonly isNew: boolean }>,
    told: Promise<boolean> | undefined,
  ): Promise<void> => {
    const { key } = received;
    refused.add(key);
    try {
      const { isNew } = await writing;
      if (!isNew) return;
      if (told === undefined) {
        refused.delete(key);
        schedule(received);
      } else if (await told) await close(key);
    } catch (error) {
      log.warn({ err: error, key }, 'A late update was not written down, or stays open');
    } finally {
      refused.delete(key);
    }
  };

  /** Undefined: there is nothing to do about it. */
  const receive = async (update: Update): Promise<Received | undefined> => {
    const key = String(update.update_id);
    const { message, callback_query: query } = update;
    const answer = query && createCallbackAnswer(api, query.id, log);
    try {
      if (!query && !(message && concerns(message, bot))) return undefined;
      const groupKey = message && groupKeyOf(message);
      const writing = inbox.receive('telegram', key, update, groupKey);
      const receipt = await inTime(writing);
      if (receipt) return receipt.isNew ? { update, key, answer } : undefined;
      log.warn({ key }, 'The record takes too long: an update was not kept');
      void receiveLate({ update, key, answer }, writing, sayBusy(update, answer));
      return undefined;
    } catch (error) {
      const isAway = error instanceof RecordUnavailableError;
      log[isAway ? 'warn' : 'error']({ err: error, key }, 'An update was not kept');
      void sayBusy(update, answer);
      return undefined;
    }
  };

  return {
    async take(updates) {
      const received = await Promise.all(updates.map(receive));
      for (const one of received) if (one) schedule(one);
    },

    async resume() {
      for (const { key, payload } of await inbox.open('telegram')) {
        if (isUpdate(payload)) schedule({ update: payload, key, answer: undefined });
        else log.error({ key }, 'An open row of the inbox holds no update');
      }
    },

    async stop(graceMs) {
      isStopped = true;
      albums.stop();
      const queues = [messageQueue, callbackQueue, replyQueue];
      for (const queue of queues) queue.clear();
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([Promise.all(queues.map((queue) => queue.idle())), grace]);
      clearTimeout(timer);
    },
  };
}

interface Received {
  readonly update: Update;
  readonly key: string;
  readonly answer: CallbackAnswer | undefined;
}

interface Album {
  readonly groupKey: string;
  readonly keys: string[];
}

/** Undefined: it takes longer than the record's patience. */
async function inTime<T>(writing: Promise<T>): Promise<T | undefined> {
  const patience = new AbortController();
  const { signal } = patience;
  try {
    return await Promise.race([writing, delay(recordPatienceMs, undefined, { signal })]);
  } finally {
    patience.abort();
  }
}

function groupKeyOf({ chat, media_group_id }: Message): string | undefined {
  return media_group_id === undefined ? undefined : `${chat.id}:${media_group_id}`;
}

/** The words of an album stand in one of its parts: until all are there, any may concern the bot. */
function concerns(message: Message, bot: BotIdentity): boolean {
  if (senderOf(message) === undefined) return false;
  const isPart = message.media_group_id !== undefined;
  return isPart || translateMessages([message], bot).kind !== 'ignored';
}

function isUpdate(payload: unknown): payload is Update {
  return typeof payload === 'object' && payload !== null && 'update_id' in payload;
}
