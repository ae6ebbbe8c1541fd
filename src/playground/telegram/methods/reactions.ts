import type { ReactionType } from 'grammy/types';
import { badRequest } from '../api-error.js';
import { isObject } from '../parameters.js';
import type { Methods } from './method.js';
import { readMessage, readWritableRoom } from './targets.js';

/** Emoji that can be reactions (core.telegram.org/bots/api#reactiontypeemoji). */
const emoji = new Set(
  (
    '❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 ' +
    '👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'
  ).split(' '),
);

export const reactionMethods: Methods = {
  setMessageReaction(call) {
    const { world, parameters } = call;
    const reactions = parameters.structure('reaction') ?? [];
    if (!Array.isArray(reactions)) throw badRequest("can't parse reactions: expected an Array");
    const message = readMessage(call, readWritableRoom(call), 'react');
    // A bot may put one reaction on a message.
    if (reactions.length > 1) throw badRequest('REACTIONS_TOO_MANY');
    for (const reaction of reactions as unknown[]) {
      const isKnown =
        isObject(reaction) && reaction.type === 'emoji' && emoji.has(String(reaction.emoji));
      if (!isKnown) throw badRequest('REACTION_INVALID');
    }
    world.messages.react(message, reactions as ReactionType[]);
    world.events.emit('reaction', message);
    return true;
  },
};
