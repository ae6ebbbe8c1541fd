import type {
  CardAddress,
  Identity,
  MessageAddress,
  Platform,
  RequestPlace,
} from '../engine/index.js';
import type { Form, FormAnswers } from './form.js';
import type { Panel } from './panel.js';

/**
 * What somebody asks for in a chat, without a trace of which one. The bots make it from an
 * interaction or an update; `chat.handle` answers it.
 */
export interface ChatRequest {
  readonly platform: Platform;
  /** The source update's key in the inbox: an interaction's id, an update's id, an album's key. */
  readonly updateKey: string;
  /** Keys of further updates that it came by, as an album does: what closes it closes them. */
  readonly partKeys?: readonly string[];
  readonly identity: Identity;
  /** `discord:<guild id>`, `telegram:<chat id>`, `discord:dm:<user id>`; settings hang on it. */
  readonly scopeId: string;
  /** Which channel or topic; rules may keep Easel to some of them. */
  readonly place: RequestPlace;
  /** Where a new card shall live. */
  readonly address: CardAddress;
  /** Where a button was pressed on a message that its platform lets a bot edit for some time only. */
  readonly pressedCard?: PressedCard;
  /** The message that this one answers, as part of the address that a card there would have. */
  readonly repliesTo?: MessageAddress;
  /**
   * Where a private card is to live, if that is not `address`; or the link by which its owner opens
   * the private chat first.
   */
  privateAddress?(): Promise<{ readonly address: CardAddress } | { readonly startLink: string }>;
  /** What the bot lacks where a card would stand; none where that is not known. */
  readonly missingPermissions?: readonly ChannelPermission[];
  /** May act for this scope: Manage Server, chat administrator, oneself in a private chat. */
  managesScope(): Promise<boolean>;
  readonly intent: Intent;
  /**
   * Tells the platform that an answer is coming (Discord's deferral; nothing on Telegram). Errors
   * after it can still be made private, but before it is better: check input first, then call this,
   * then submit. Idempotent.
   */
  acknowledge(options: { readonly private: boolean }): Promise<void>;
}

/** A message as a place for a card, for as long as a press on it gives. */
export interface PressedCard {
  readonly address: CardAddress;
  /** Whether the card of the same platform that lives at `present` can be reached no other way. */
  isOnlyWayTo(present: CardAddress): boolean;
}

export type ChannelPermission =
  | 'view-channel'
  | 'send-messages'
  | 'send-messages-in-threads'
  | 'attach-files';

/** An image or file that came with the request, not fetched yet. */
export interface Attachment {
  readonly name: string;
  /** As the platform claims; never trusted. */
  readonly byteLength: number | null;
  /** Pixels, as the platform claims: a reason to refuse early, never to accept. */
  readonly width: number | null;
  readonly height: number | null;
  /** Only from the platform's own hosts, at most `maxBytes`. @throws AttachmentError */
  fetch(maxBytes: number): Promise<Uint8Array>;
}

/** The bots throw it from `Attachment.fetch`. */
export class AttachmentError extends Error {
  override readonly name = 'AttachmentError';
  /** `beyond-platform`: the platform hands no file to a bot that is as large. */
  readonly problem: 'too-large' | 'beyond-platform' | 'unavailable' | 'foreign-host';
  constructor(attachmentName: string, problem: AttachmentError['problem'], cause?: unknown) {
    super(`Attachment ${JSON.stringify(attachmentName)}: ${problem}`, { cause });
    this.problem = problem;
  }
}

export type Intent =
  /** Discord: options by name, typed by Discord. Attachments stand under their option's name. */
  | {
      readonly kind: 'command';
      /** E.g. `imagine`, or `admin concurrency set` with spaces between the words. */
      readonly name: string;
      readonly options: Readonly<Record<string, string | number | boolean | Attachment>>;
      /** What was filled in where the answer to this was a form. */
      readonly answers?: FormAnswers;
    }
  /** Telegram: images without words, or parts of an album that come after the others. */
  | {
      readonly kind: 'more-images';
      /** The update whose batch they belong to; without it, what was asked for just before. */
      readonly of?: string;
      readonly sentAt: Date;
      readonly attachments: readonly Attachment[];
    }
  /** Discord: chosen from the menu of a message. */
  | {
      readonly kind: 'message-menu';
      /** The entry's English name. */
      readonly name: string;
      /** Images of the message, in order. */
      readonly images: readonly Attachment[];
      readonly answers?: FormAnswers;
    }
  /**
   * Telegram: the words after `/imagine`, with flags in them. Also plain text in a private chat and
   * a photo's caption, with `name: 'imagine'` (or 'batch' for an album).
   */
  | {
      readonly kind: 'text-command';
      readonly name: string;
      readonly text: string;
      /** Photos, albums, or else the image of the message that was replied to. */
      readonly attachments: readonly Attachment[];
      /** That image, where the message brings images of its own. */
      readonly answered?: Attachment;
    }
  | { readonly kind: 'button'; readonly payload: string; readonly answers?: FormAnswers };

/** What the bot shows in answer. A card shows itself, through the renderer. */
export type Reply =
  /**
   * `isElsewhere`: in the private chat, where nobody looks who asked in a group. `isRevived`: an
   * older batch's, so that no new one has closed the request.
   */
  | {
      readonly kind: 'card';
      readonly batchId: string;
      readonly isElsewhere?: boolean;
      readonly isRevived?: boolean;
    }
  /** Plain text in the user's language; the bots escape it. `private`: for the asker's eyes only. */
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly private: boolean;
      /**
       * What others have no business with. Where a platform cannot hide an answer in its chat, it
       * goes to the asker's private chat with the bot instead; where that is closed, nobody sees it.
       */
      readonly confidential?: boolean;
      /** Shown with the text. */
      readonly picture?: ReplyPicture;
    }
  /**
   * Asks for more, at once: it cannot follow an acknowledgement. The same intent comes again with
   * the answers. Only where `chat.opensForm` says so.
   */
  | { readonly kind: 'form'; readonly form: Form }
  /**
   * A list or a batch once more. `private`: for the asker's eyes only, where the platform can.
   * `replaces`: it takes the place of the panel whose button was pressed.
   */
  | {
      readonly kind: 'panel';
      readonly panel: Panel;
      readonly private: boolean;
      readonly replaces?: boolean;
    }
  /** The old card shows what happened (cancel, retry). Discord: type 6; Telegram: empty callback answer. */
  | { readonly kind: 'quiet' }
  /**
   * Remove the message that the button sits on, the card at `address` where that is another one, and
   * the messages `beside` the card (ids of the platform).
   */
  | {
      readonly kind: 'delete-message';
      readonly beside: readonly string[];
      readonly address?: CardAddress;
    }
  /** `/delete id`: remove the card's messages where that is possible, and say `text`. */
  | {
      readonly kind: 'delete-card';
      readonly address: CardAddress;
      readonly beside: readonly string[];
      readonly text: string;
    }
  /**
   * Send these images as they are: documents on Telegram, a private message with files on Discord.
   * Read them by `engine.readImage` or, where one does not fit, `engine.readImageWithin`.
   */
  | { readonly kind: 'documents'; readonly batchId: string; readonly imageIds: readonly string[] }
  /** Send these images in one zip, or in as few as the platform's limit allows, for the asker. */
  | { readonly kind: 'archive'; readonly batchId: string; readonly imageIds: readonly string[] };

/** Small enough for every platform. */
export interface ReplyPicture {
  /** A file's. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg';
  /** Plain text for who cannot see it. */
  readonly description: string;
}

/** Whether the request's inbox row was closed with what it asked for. */
export function hasClosedRequest(reply: Reply): boolean {
  return reply.kind === 'card' && !reply.isRevived;
}
