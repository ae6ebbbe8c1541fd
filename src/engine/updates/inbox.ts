import type { Platform } from '../users/user.js';

/** An update that arrived and is not closed yet. */
export interface OpenUpdate {
  readonly key: string;
  /** As the platform sent it, plain JSON. */
  readonly payload: unknown;
  readonly receivedAt: Date;
}

/**
 * What the platforms sent, written down before anything is done about it. An update is closed in
 * the transaction of the batch that it makes (`submit` does so), or by `close` when it makes none.
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
  /** Open ones, oldest first: at start they are resumed or answered. */
  open(platform: Platform): Promise<OpenUpdate[]>;
  /** Open ones of a group, by arrival. */
  group(platform: Platform, groupKey: string): Promise<OpenUpdate[]>;
}
