/** What the playground remembers; the wire shapes made from these stand in `wire.ts`. */

export interface User {
  id: string;
  username: string;
  globalName: string | null;
  isBot: boolean;
  /** The language of the user's client, such as `en-US` or `zh-CN`. */
  locale: string;
}

export interface Role {
  id: string;
  name: string;
  permissions: bigint;
  position: number;
}

export interface Member {
  userId: string;
  roleIds: string[];
  joinedAt: number;
}

export interface Guild {
  id: string;
  name: string;
  ownerId: string;
  locale: string;
  roles: Map<string, Role>;
  members: Map<string, Member>;
  channelIds: string[];
  /** Bytes a file may have here; servers with boosts allow more. */
  attachmentSizeLimit: number;
}

export const channelTypes = { guildText: 0, directMessage: 1, publicThread: 11 } as const;

export interface Channel {
  id: string;
  type: number;
  guildId: string | undefined;
  name: string;
  isAgeRestricted: boolean;
  recipientIds: string[];
  overwrites: { id: string; type: 0 | 1; allow: bigint; deny: bigint }[];
  lastMessageId: string | null;
  /** Every message ever here, oldest first: ephemeral and deleted ones too. */
  messageIds: string[];
  /** Set for a thread; its overwrites are its parent's. */
  thread?: { parentId: string; isArchived: boolean; isLocked: boolean };
}

export interface Attachment {
  id: string;
  /** The channel's id, or the application's for files that only one user sees. */
  folderId: string;
  filename: string;
  title: string | undefined;
  description: string | undefined;
  contentType: string | undefined;
  bytes: Buffer;
  width: number | undefined;
  height: number | undefined;
  isEphemeral: boolean;
}

/** A component as Discord returns it: ids given, media resolved. */
export type Component = Record<string, unknown> & { type: number };

/** What one edit made of a message. */
export interface MessageVersion {
  at: number;
  content: string;
  flags: number;
  embeds: Record<string, unknown>[];
  components: Component[];
  attachments: Attachment[];
}

export interface Message extends MessageVersion {
  id: string;
  channelId: string;
  authorId: string;
  type: number;
  createdAt: number;
  editedAt: number | null;
  nonce: string | number | undefined;
  mentionedUserIds: string[];
  mentionsEveryone: boolean;
  repliesTo: string | undefined;
  /** The one user who sees it, when it is ephemeral. */
  ephemeralFor: string | undefined;
  interactionMetadata: Record<string, unknown> | undefined;
  deletedAt: number | undefined;
  /** Oldest first; the last one is what stands now. */
  versions: MessageVersion[];
}

export const messageFlags = {
  SuppressEmbeds: 1 << 2,
  Ephemeral: 1 << 6,
  Loading: 1 << 7,
  SuppressNotifications: 1 << 12,
  IsVoiceMessage: 1 << 13,
  IsComponentsV2: 1 << 15,
} as const;

export const messageTypes = { ordinary: 0, reply: 19, chatInputCommand: 20, contextMenu: 23 };

export const interactionTypes = {
  applicationCommand: 2,
  messageComponent: 3,
  autocomplete: 4,
  modalSubmit: 5,
} as const;

export interface Interaction {
  id: string;
  token: string;
  type: number;
  userId: string;
  channelId: string;
  guildId: string | undefined;
  createdAt: number;
  /** The event as the gateway sent it, so that a second delivery is the same. */
  payload: Record<string, unknown>;
  /** What a message that answers it tells of it, as `interaction_metadata`. */
  metadata: Record<string, unknown>;
  /** True where only the user, and not the server, installed the app: five follow-ups at most. */
  isUserInstalled: boolean;
  attachmentSizeLimit: number;
  /** The message whose component was used. */
  sourceMessageId: string | undefined;
  commandType: number | undefined;
  answeredWith: number | undefined;
  originalMessageId: string | undefined;
  followUpIds: string[];
  modal: Record<string, unknown> | undefined;
  choices: { name: string; value: string | number }[] | undefined;
}
