import { badRequest } from '../api-error.js';
import { type MemberStatus, type Room, renderChat, renderMember } from '../directory.js';
import type { Methods } from './method.js';
import { readRoom, readWritableRoom } from './targets.js';

const actions = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]);

export const chatMethods: Methods = {
  getChat(call) {
    const room = readRoom(call);
    const { username } = room.person ?? room;
    return {
      ...renderChat(room),
      ...(username !== undefined && { active_usernames: [username] }),
      accent_color_id: Math.abs(room.id) % 7,
      max_reaction_count: 11,
      accepted_gift_types: {
        unlimited_gifts: room.type === 'private',
        limited_gifts: room.type === 'private',
        unique_gifts: room.type === 'private',
        premium_subscription: room.type === 'private',
        gifts_from_channels: room.type === 'private',
      },
      ...(room.type !== 'private' && { permissions: memberPermissions }),
    };
  },

  getChatMember(call) {
    const { world, parameters } = call;
    const room = readWritableRoom(call);
    const userId = parameters.integer('user_id');
    if (userId === undefined || userId <= 0) throw badRequest('invalid user_id specified');
    if (userId === world.bot.user.id) return renderMember(world.bot.user, botStatus(room));
    const user = world.directory.user(userId);
    if (!user) throw badRequest('PARTICIPANT_ID_INVALID');
    if (room.person) return renderMember(user, user.id === room.person.id ? 'member' : 'left');
    return renderMember(user, room.members.get(userId)?.status ?? 'left');
  },

  getChatAdministrators(call) {
    const room = readWritableRoom(call);
    if (room.type === 'private') {
      throw badRequest('there are no administrators in the private chat');
    }
    const people = [...room.members.values()]
      .filter(({ status }) => status !== 'member')
      .map(({ user, status }) => renderMember(user, status));
    const { user } = call.world.bot;
    return room.bot === 'administrator' ? [...people, renderMember(user, 'administrator')] : people;
  },

  sendChatAction(call) {
    const { world, parameters } = call;
    const room = readWritableRoom(call);
    const action = parameters.text('action')?.toLowerCase() ?? '';
    if (!actions.has(action)) throw badRequest('wrong parameter action in request');
    world.events.emit('chat-action', room, action);
    return true;
  },
};

export function botStatus(room: Room): MemberStatus | 'left' | 'kicked' {
  return room.bot === 'absent' ? 'left' : room.bot;
}

const memberPermissions = {
  can_send_messages: true,
  can_send_audios: true,
  can_send_documents: true,
  can_send_photos: true,
  can_send_videos: true,
  can_send_video_notes: true,
  can_send_voice_notes: true,
  can_send_polls: true,
  can_send_other_messages: true,
  can_add_web_page_previews: true,
  can_react_to_messages: true,
  can_change_info: false,
  can_invite_users: true,
  can_pin_messages: false,
  can_manage_topics: false,
};
