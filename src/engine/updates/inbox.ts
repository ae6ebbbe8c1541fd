import type { Platform } from '../users/user.js';

/** An update that arrived and is not closed yet. */
export interface OpenUpdate {
  readonly key: string;
  /** As the platform sent it, plain JSON. */
  readonly payload: unknown;
  readonly receivedAt: Date;
}

/** An open update that nobody has in hand any more. */
export interface LeftUpdate extends OpenUpdate {
  /** How often it was taken up since it arrived, with this time. */
  readonly takeovers: number;
}

/**
 * What the platforms sent, written down before anything is done about it. An update is closed in
 * the transaction of the batch that it makes (`submit` does so), or by `close` when it makes none.
 * Until then it is in the hand of whoever received it, for some seconds at a time.
 */
export interface Inbox {
  /**
   * Writes an update down. `isNew` is false when it had arrived before: then somebody else deals
   * with it, or has.
   * @throws RecordUnavailableError when it could not be written: say 'busy, nothing was kept'
   */
  receive(
    platform: Platform,
    key: string,
    payload: unknown,
    /** Updates that belong together, e.g. Telegram's `<chat id>:<media_group_id>`. */
    groupKey?: string,
  ): Promise<{ readonly isNew: boolean }>;
  /** Harmless on a closed one. */
  close(platform: Platform, key: string): Promise<void>;
  /**
   * Closes an update that a later one will refer to, as the answers of a form do, and keeps this of
   * it for a day. Put no token in it.
   */
  closeKeeping(platform: Platform, key: string, payload: unknown): Promise<void>;
  /** What stands of an update, open or kept; undefined where nothing does. */
  kept(platform: Platform, key: string): Promise<unknown>;
  /**
   * Keeps what the caller has in hand for some seconds more, and gives it what nobody has: of a
   * process that died, or put back by its own. Oldest first, some at a time; no two callers get the
   * same one. @throws RecordUnavailableError
   */
  takeUp(platform: Platform, inHand: readonly string[]): Promise<LeftUpdate[]>;
  /**
   * For an update of which its sender was told that nothing was kept: a row that is there, or comes
   * late after all, is closed.
   */
  refuse(platform: Platform, key: string): Promise<void>;
  /** Open ones of a group, by arrival. */
  group(platform: Platform, groupKey: string): Promise<OpenUpdate[]>;
}
