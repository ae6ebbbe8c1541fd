import { pino } from 'pino';
import {
  type Attachment,
  type ButtonAction,
  type Chat,
  type ChatDependencies,
  type ChatRequest,
  createChat,
  createTexts,
  encodeButton,
  type Intent,
  type Reply,
  readUserWords,
} from '../../src/chat/index.js';
import { createFakeChatEngine, type FakeChatEngine } from './fake-chat-engine.js';

export interface ChatBench {
  readonly chat: Chat;
  readonly engine: FakeChatEngine;
  /** How the platform was told that an answer is coming: privately or not. */
  readonly acknowledged: boolean[];
  readonly logged: Record<string, unknown>[];
  readonly ask: (intent: Intent, request?: Partial<ChatRequest>) => Promise<Reply>;
  /** As on Telegram: a command's name and the text behind it. */
  readonly write: (
    name: string,
    text: string,
    attachments?: readonly Attachment[],
    request?: Partial<ChatRequest>,
  ) => Promise<Reply>;
  readonly press: (action: ButtonAction, request?: Partial<ChatRequest>) => Promise<Reply>;
}

/** A chat layer over a fake engine, and a user called Ada who asks it. */
export function createChatBench(
  dependencies: Partial<Omit<ChatDependencies, 'engine'>> & { engine?: FakeChatEngine } = {},
): ChatBench {
  const engine = dependencies.engine ?? createFakeChatEngine();
  const acknowledged: boolean[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line) => logged.push(JSON.parse(line)) });
  const chat = createChat({
    log,
    admins: new Set(),
    texts: createTexts(),
    now: () => new Date('2026-11-20T12:00:00Z'),
    newErrorId: () => 'error1',
    ...dependencies,
    engine,
  });
  const ask: ChatBench['ask'] = async (intent, request) => {
    const acknowledge: ChatRequest['acknowledge'] = async ({ private: isPrivate }) =>
      void acknowledged.push(isPrivate);
    const reply = await chat.handle(chatRequest(intent, { acknowledge, ...request }));
    return asRead(reply);
  };
  return {
    chat,
    engine,
    acknowledged,
    logged,
    ask,
    write: (name, text, attachments = [], request = {}) =>
      ask({ kind: 'text-command', name, text, attachments }, request),
    press: (action, request) => ask({ kind: 'button', payload: encodeButton(action) }, request),
  };
}

/** Of Ada, in a Telegram group. */
export function chatRequest(intent: Intent, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    platform: 'telegram',
    updateKey: 'update1',
    identity: { platform: 'telegram', platformUserId: '100', name: 'Ada', locale: 'en' },
    scopeId: 'telegram:1',
    place: { ids: ['1'], isAgeRestricted: async () => null },
    address: { chat: 1 },
    managesScope: async () => false,
    intent,
    acknowledge: async () => undefined,
    ...more,
  };
}

/** As people read it: nobody sees the marks of users' words. */
function asRead(reply: Reply): Reply {
  switch (reply.kind) {
    case 'text':
      return { ...reply, text: readUserWords(reply.text) };
    case 'panel': {
      const { panel } = reply;
      const entries = panel.entries?.map((entry) => ({
        ...entry,
        text: readUserWords(entry.text),
      }));
      const text = readUserWords(panel.text);
      return { ...reply, panel: { ...panel, text, ...(entries ? { entries } : {}) } };
    }
    default:
      return reply;
  }
}

export function attachment(more: Partial<Attachment> = {}): Attachment {
  return {
    name: 'fox.png',
    byteLength: null,
    width: null,
    height: null,
    fetch: async () => new Uint8Array(3),
    ...more,
  };
}

/** The text of a private answer. */
export function privateText(reply: Reply): string {
  if (reply.kind !== 'text' || !reply.private) {
    throw new Error(`Not a private text: ${JSON.stringify(reply)}`);
  }
  return reply.text;
}
