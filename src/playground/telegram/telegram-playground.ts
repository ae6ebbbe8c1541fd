import type { Update, User } from 'grammy/types';
import type { Room, UserProfile } from './directory.js';
import { type PlaygroundEmitter, type WaitOptions, waitFor } from './events.js';
import { createFaults, type Faults } from './faults.js';
import { createLedger, type Ledger } from './ledger.js';
import type { StoredMessage } from './message-store.js';
import { createPerson, type Person } from './people.js';
import {
  createGroup,
  createSupergroup,
  createTopic,
  type GroupOptions,
  type SupergroupOptions,
  setBotStatus,
  setMemberStatus,
  upgradeGroup,
} from './rooms.js';
import { startServer } from './server.js';
import { createWorld, type TelegramPlaygroundOptions } from './world.js';

/** A running stand-in of Telegram's Bot API, and its people. */
export interface TelegramPlayground {
  /** For `TELEGRAM_API_ROOT`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly bot: User;
  readonly events: PlaygroundEmitter;
  readonly faults: Faults;
  /** Every request of the bot, oldest first. */
  readonly ledger: Ledger;
  /** Every update made for the bot, oldest first, repeats included. */
  readonly updates: readonly Update[];

  /** Whether a bot is there and waits for its next update. */
  readonly isPolled: boolean;

  createUser(profile?: UserProfile): Person;
  createGroup(options: GroupOptions): Room;
  createSupergroup(options: SupergroupOptions): Room;
  /** Gives the supergroup that the group is from now on. */
  upgradeGroup(room: Room): Room;
  /** Gives the topic's `message_thread_id`. */
  createTopic(room: Room, name: string, by: Person): number;
  setMemberStatus(room: Room, person: Person, status: 'administrator' | 'member' | 'left'): void;
  setBotStatus(room: Room, status: 'administrator' | 'member' | 'kicked', by: Person): void;

  /** Every message of a chat, in order, deleted ones included. */
  messages(room: Room): StoredMessage[];
  /** The bytes of a file on Telegram's servers; throws for an id that it never gave out. */
  fileBytes(fileId: string): Buffer;
  /** Delivers an update again, with the same id, as Telegram may. */
  replay(update: Update): void;
  /**
   * Resolves with what `probe` returns once that is neither undefined, null nor false; it is asked
   * at once and after each event.
   */
  waitFor<T>(probe: () => T | undefined | null | false, options?: WaitOptions): Promise<T>;
  /** The first message of the bot in a chat for which `matches` holds, now or later. */
  waitForMessage(
    room: Room,
    matches?: (message: StoredMessage) => boolean,
    options?: WaitOptions,
  ): Promise<StoredMessage>;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/** Starts a stand-in of Telegram's Bot API on 127.0.0.1, strict as the real one and empty. */
export async function createTelegramPlayground(
  options: TelegramPlaygroundOptions = {},
): Promise<TelegramPlayground> {
  const world = createWorld(options);
  const { events } = world;
  const faults = createFaults();
  const ledger = createLedger();
  const updates: Update[] = [];
  events.on('update', (update) => updates.push(update));
  world.updates.onWait = () => events.emit('poll');
  const server = await startServer({
    world,
    faults,
    port: options.port ?? 0,
    record(exchange) {
      ledger.record(exchange);
      events.emit('request', exchange);
    },
  });

  return {
    url: server.url,
    token: world.bot.token,
    bot: world.bot.user,
    events,
    faults,
    ledger,
    updates,
    get isPolled() {
      return world.updates.isPolled;
    },
    createUser: (profile = {}) => createPerson(world, profile),
    createGroup: (group) => createGroup(world, group),
    createSupergroup: (group) => createSupergroup(world, group),
    upgradeGroup: (room) => upgradeGroup(world, room),
    createTopic: (room, name, by) => createTopic(world, room, name, by.user),
    setMemberStatus: (room, person, status) => setMemberStatus(room, person.user, status),
    setBotStatus: (room, status, by) => setBotStatus(world, room, status, by.user),
    messages: (room) => world.messages.of(room),
    fileBytes(fileId) {
      const file = world.files.get(fileId);
      if (!file) throw new Error(`no file has the id ${fileId}`);
      return file.bytes;
    },
    replay(update) {
      world.updates.replay(update);
      events.emit('update', update);
    },
    waitFor: (probe, waitOptions) => waitFor(events, probe, waitOptions),
    waitForMessage: (room, matches = () => true, waitOptions = {}) =>
      waitFor(
        events,
        () =>
          world.messages
            .of(room)
            .find((message) => message.from.id === world.bot.user.id && matches(message)),
        { what: `a message of the bot in ${room.title} with ${matches}`, ...waitOptions },
      ),
    async close() {
      world.webhook.close();
      await server.close();
    },
  };
}
