import type { Api } from 'grammy';
import type { Message, Update } from 'grammy/types';
import type { Logger } from 'pino';
import { type Chat, createUpdateReceipts, type NotKept } from '../../chat/index.js';
import type { Engine, LeftUpdate } from '../../engine/index.js';
import { createAlbumCollector } from './album-collector.js';
import { createBusyAnswer } from './busy-answer.js';
import { type CallbackAnswer, createCallbackAnswer } from './callback-answer.js';
import { migrationOf } from './chat-migration.js';
import { createKeyedQueue } from './keyed-queue.js';
import { type BotIdentity, translateMessages } from './message-translation.js';
import { createRefusals, inTime } from './refusals.js';
import type { ReplySender } from './reply-sender.js';
import { senderOf } from './sender.js';
import type { Handled, UpdateHandler } from './update-handler.js';

export interface UpdateIntakeDeps {
  readonly api: Api;
  readonly bot: BotIdentity;
  readonly engine: Engine;
  readonly chat: Chat;
  readonly handler: UpdateHandler;
  readonly replies: ReplySender;
  readonly log: Logger;
}

/** Writes updates down before anything is done about them, then has each dealt with in its turn. */
export interface UpdateIntake {
  /**
   * Resolves once all of them are on record, or were answered 'busy': then the offset may move. Else
   * with the id of the first that Telegram is to send again.
   */
  take(updates: readonly Update[]): Promise<number | undefined>;
  /** Deals with what another process took down and left open, or this one could not end. */
  takeUp(left: LeftUpdate): void;
  /** Tells the sender of what was left too often that nothing comes of it. */
  giveUp(left: LeftUpdate): void;
  /** Keys of updates that this process deals with. */
  inHand(): readonly string[];
  /** Begins nothing more and waits at most `graceMs` for what runs; the rest stays on record. */
  stop(graceMs: number): Promise<void>;
}

/** Files are fetched and decoded meanwhile, so that more at once would not be faster. */
const maxConcurrent = 32;

export function createUpdateIntake(deps: UpdateIntakeDeps): UpdateIntake {
  const { api, bot, engine, chat, handler, replies, log } = deps;
  const { inbox } = engine;
  const receipts = createUpdateReceipts({ inbox, platform: 'telegram', log });
  const onDefect = (error: unknown) => log.error({ err: error }, 'An update could not be handled');
  const messageQueue = createKeyedQueue(maxConcurrent, onDefect);
  // Buttons and replies wait for nobody's downloads.
  const callbackQueue = createKeyedQueue(maxConcurrent, onDefect);
  const replyQueue = createKeyedQueue(Number.POSITIVE_INFINITY, onDefect);
  const albums = createAlbumCollector();
  const sayBusy = createBusyAnswer({ bot, chat, replies, queue: replyQueue, onDefect });
  /** Keys of updates that this process deals with. */
  const inHand = new Set<string>();
  const refusals = createRefusals();
  let isStopped = false;

  /** What ends in a defect, or for want of the record, is put back, to be taken up again. */
  const orPutBack = async (keys: readonly string[], work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onDefect(error);
      for (const key of keys) inHand.delete(key);
    }
  };

  /** Closes the updates once the reply is in the chat. */
  const finish = (queueKey: string, keys: readonly string[], handled: Handled | undefined) => {
    replyQueue.add(queueKey, async () => {
      try {
        if (handled && !(await handled.send())) return;
        if (handled?.isClosed) return;
        for (const key of keys) await receipts.close(key);
      } finally {
        for (const key of keys) inHand.delete(key);
      }
    });
  };

  const handleAlbum = async (album: Album, isLate: boolean, queueKey: string) => {
    const open = await inbox.group('telegram', album.groupKey);
    const rows = open.filter(({ key }) => !refusals.isOpen(key));
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
      messageQueue.add(queueKey, () =>
        orPutBack([key], async () =>
          finish(queueKey, [key], await handler.messages([message], key)),
        ),
      );
      return;
    }
    const album = albumsInHand.get(groupKey) ?? { groupKey, keys: [] };
    album.keys.push(key);
    albumsInHand.set(groupKey, album);
    albums.arrived(groupKey, ({ isLate }) => {
      albumsInHand.delete(groupKey);
      messageQueue.add(queueKey, () =>
        orPutBack(album.keys, () => handleAlbum(album, isLate, queueKey)),
      );
    });
  };

  const schedule = ({ update, key, answer }: Received): void => {
    if (isStopped || inHand.has(key) || refusals.isOpen(key)) return;
    inHand.add(key);
    const { message, callback_query: query } = update;
    if (message) scheduleMessage(key, message);
    if (query) {
      const queueKey = `${query.from.id}`;
      const given = answer ?? createCallbackAnswer(api, query.id, log);
      callbackQueue.add(queueKey, () =>
        orPutBack([key], async () =>
          finish(`button ${queueKey}`, [key], await handler.callback(query, key, given)),
        ),
      );
    }
  };

  /** Nobody deals with the row that may come. A part of an album of which nothing was said is one. */
  const refuse = (received: Received, receipt: NotKept): Promise<boolean> => {
    const { key, update, answer } = received;
    const telling = sayBusy(update, answer) ?? Promise.resolve(undefined);
    const isTold = refusals.open(key, telling);
    const end = async () => {
      const what = await receipt.refuse(telling).finally(() => refusals.close(key));
      if (what === 'unheard') schedule(received);
    };
    end().catch((error: unknown) => {
      log.warn({ err: error, key }, 'An update that was not kept may be open');
    });
    return isTold;
  };

  const receive = async (update: Update): Promise<Arrival> => {
    const key = String(update.update_id);
    if (inHand.has(key)) return nothingToDo;
    const refusal = refusals.of(key);
    if (refusal !== undefined) return { isTold: refusal };
    const { message, callback_query: query } = update;
    const answer = query && createCallbackAnswer(api, query.id, log);
    const received = { update, key, answer };
    try {
      if (!query && !(message && concerns(message, bot))) return nothingToDo;
      const receipt = await receipts.take(key, update, message && groupKeyOf(message));
      if (receipt.kind === 'new') return { received };
      if (receipt.kind === 'not-kept') return { isTold: refuse(received, receipt) };
      answer?.leaveToOther();
    } catch (error) {
      log.error({ err: error, key }, 'An update was not kept');
      void sayBusy(update, answer);
    }
    return nothingToDo;
  };

  const regret = async (key: string, update: Update): Promise<void> => {
    inHand.add(key);
    try {
      const isTold = await sayBusy(update, undefined);
      if (isTold !== false) await receipts.close(key);
    } finally {
      inHand.delete(key);
    }
  };

  const giveUp = ({ key, payload, takeovers }: LeftUpdate): void => {
    log.warn({ key, takeovers }, 'An open update is given up');
    const ended = isUpdate(payload) ? regret(key, payload) : receipts.close(key);
    ended.catch(onDefect);
  };

  return {
    async take(updates) {
      const arrivals = await Promise.all(updates.map(receive));
      for (const { received } of arrivals) if (received) schedule(received);
      const areTold = await Promise.all(arrivals.map(({ isTold }) => isTold && inTime(isTold)));
      return updates.find((_, index) => areTold[index] === false)?.update_id;
    },

    takeUp(left) {
      const { key, payload } = left;
      if (isStopped) return;
      if (isUpdate(payload)) schedule({ update: payload, key, answer: undefined });
      else giveUp(left);
    },

    giveUp,

    inHand: () => [...inHand, ...refusals.keys()],

    async stop(graceMs) {
      isStopped = true;
      receipts.stop();
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

/** What is to be done about an update, or whether its sender knows that nothing will be. */
interface Arrival {
  readonly received?: Received;
  readonly isTold?: Promise<boolean>;
}

const nothingToDo: Arrival = {};

interface Album {
  readonly groupKey: string;
  readonly keys: string[];
}

function groupKeyOf({ chat, media_group_id }: Message): string | undefined {
  return media_group_id === undefined ? undefined : `${chat.id}:${media_group_id}`;
}

/** The words of an album stand in one of its parts: until all are there, any may concern the bot. */
function concerns(message: Message, bot: BotIdentity): boolean {
  if (migrationOf(message)) return true;
  if (senderOf(message) === undefined) return false;
  const isPart = message.media_group_id !== undefined;
  return isPart || translateMessages([message], bot).kind !== 'ignored';
}

function isUpdate(payload: unknown): payload is Update {
  return typeof payload === 'object' && payload !== null && 'update_id' in payload;
}
