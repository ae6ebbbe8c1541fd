import { badRequest } from '../api-error.js';
import type { StoredMessage } from '../message-store.js';
import type { MethodCall, Methods } from './method.js';
import { readMessage, readWritableRoom } from './targets.js';

const deletableForMs = 48 * 60 * 60 * 1000;
const maxDeletions = 100;

export const removingMethods: Methods = {
  deleteMessage(call) {
    const message = readMessage(call, readWritableRoom(call), 'delete');
    remove(call, message);
    return true;
  },

  deleteMessages(call) {
    const room = readWritableRoom(call);
    const ids = call.parameters.structure('message_ids');
    if (!Array.isArray(ids) || ids.length === 0) {
      throw badRequest('message identifiers are not specified');
    }
    if (ids.length > maxDeletions) throw badRequest('too many message identifiers specified');
    for (const id of ids) {
      const message = call.world.messages.find(room, Number(id));
      if (message) remove(call, message);
    }
    return true;
  },
};

/** A bot takes back its own, the other side's in a private chat, and as administrator anybody's. */
function remove({ world }: MethodCall, message: StoredMessage): void {
  const { room } = message;
  const isAllowed =
    message.from.id === world.bot.user.id ||
    room.type === 'private' ||
    room.bot === 'administrator';
  if (!isAllowed) throw badRequest("message can't be deleted");
  if (room.bot !== 'administrator' && world.clock.now() - message.sentAtMs > deletableForMs) {
    throw badRequest("message can't be deleted for everyone");
  }
  world.messages.remove(message);
  world.events.emit('delete', message);
}
