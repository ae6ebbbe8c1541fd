import type { BotCommand } from 'grammy/types';
import { badRequest } from '../api-error.js';
import { isObject } from '../parameters.js';
import type { MethodCall, Methods } from './method.js';

const maxCommands = 100;

export const accountMethods: Methods = {
  getMe({ world: { bot } }) {
    return {
      ...bot.user,
      can_join_groups: true,
      can_read_all_group_messages: !bot.privacyMode,
      supports_guest_queries: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
      supports_join_request_queries: false,
    };
  },

  setMyCommands(call) {
    const commands = call.parameters.structure('commands');
    if (!Array.isArray(commands)) throw badRequest("can't parse commands: expected an Array");
    if (commands.length > maxCommands) throw badRequest('BOT_COMMANDS_TOO_MUCH');
    call.world.commands.set(readScope(call), commands.map(readCommand));
    return true;
  },

  getMyCommands(call) {
    return call.world.commands.get(readScope(call)) ?? [];
  },

  deleteMyCommands(call) {
    call.world.commands.delete(readScope(call));
    return true;
  },

  answerCallbackQuery({ world, parameters }) {
    const text = parameters.text('text');
    const url = parameters.text('url');
    if (text !== undefined && text.length > 200) throw badRequest('MESSAGE_TOO_LONG');
    const press = world.callbacks.answer(parameters.text('callback_query_id') ?? '', {
      showAlert: parameters.boolean('show_alert'),
      ...(text && { text }),
      ...(url && { url }),
    });
    world.events.emit('callback-answer', press);
    return true;
  },
};

function readCommand(command: unknown): BotCommand {
  if (!isObject(command)) throw badRequest("can't parse BotCommand: expected an Object");
  const name = String(command.command ?? '').replace(/^\//, '');
  const description = String(command.description ?? '');
  if (!/^[a-z0-9_]{1,32}$/.test(name)) throw badRequest('BOT_COMMAND_INVALID');
  if (description.length < 1 || description.length > 256) {
    throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
  }
  return { command: name, description };
}

const scopes = new Set([
  'default',
  'all_private_chats',
  'all_group_chats',
  'all_chat_administrators',
]);
const chatScopes = new Set(['chat', 'chat_administrators', 'chat_member']);

/** One key for a scope and a language. */
function readScope({ world, parameters }: MethodCall): string {
  const language = parameters.text('language_code') ?? '';
  if (!/^([a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified');
  const scope = parameters.structure('scope') ?? { type: 'default' };
  if (!isObject(scope)) throw badRequest("can't parse BotCommandScope: expected an Object");
  const type = String(scope.type);
  if (scopes.has(type)) return JSON.stringify({ type, language });
  if (!chatScopes.has(type)) {
    throw badRequest("can't parse BotCommandScope: unsupported type specified");
  }
  const room = world.directory.find(String(scope.chat_id ?? ''));
  if (!room) throw badRequest('chat not found');
  return JSON.stringify({ type, language, chatId: room.id, userId: scope.user_id });
}
