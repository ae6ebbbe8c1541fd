import { directMessageOf, sizeLimitIn } from '../channels.js';
import { textOf } from '../mentions.js';
import { messageJson } from '../message-wire.js';
import { createMessage } from '../messages.js';
import { type Interaction, interactionTypes, type Message, type User } from '../records.js';
import { commandTypes } from '../validation/command-definition.js';
import { componentTypes } from '../validation/component-shapes.js';
import { everyComponent } from '../validation/components.js';
import { guildOf, type World } from '../world.js';
import { offeredCommand } from './availability.js';
import { type Act, deliver } from './delivery.js';
import {
  type ChannelHandle,
  createChannelHandle,
  createInteractionHandle,
  type InteractionHandle,
  messagesSeenBy,
} from './handles.js';
import { type FieldValue, fillModal } from './modal.js';
import {
  ClientRefusal,
  type GivenOptions,
  type PickedFile,
  placeUser,
  resolveOptions,
} from './options.js';
import { describeMessages, type WaitOptions, waitUntil } from './waiting.js';

type Json = Record<string, unknown>;

export interface Choice {
  name: string;
  value: string | number;
}

/** Somebody with a Discord client in hand. */
export interface Person {
  readonly id: string;
  readonly record: User;
  /** The conversation with the bot. */
  directMessage(): ChannelHandle;
  /** Writes a message of one's own. */
  say(channel: ChannelHandle, said: { content?: string; files?: readonly PickedFile[] }): Message;
  /** Sends a slash command: `imagine`, or with sub-commands `admin preset add`. */
  command(channel: ChannelHandle, name: string, options?: GivenOptions): InteractionHandle;
  /** What the bot suggests for the option that is being typed. */
  autocomplete(
    channel: ChannelHandle,
    name: string,
    typed: { option: string; value: string; others?: GivenOptions },
  ): Promise<Choice[]>;
  messageCommand(message: Message, name: string): InteractionHandle;
  userCommand(channel: ChannelHandle, target: Person, name: string): InteractionHandle;
  /** Presses the button with this custom id or label. */
  press(message: Message, button: string): InteractionHandle;
  select(message: Message, customId: string, values: readonly string[]): InteractionHandle;
  /** Sends the modal that an earlier act brought up. */
  submitModal(
    shownBy: InteractionHandle,
    fields: Readonly<Record<string, FieldValue>>,
  ): InteractionHandle;
  /** What this person sees: everybody's messages and one's own ephemeral ones. */
  messages(channel: ChannelHandle): Message[];
  waitFor(
    channel: ChannelHandle,
    predicate: (message: Message) => boolean,
    options?: WaitOptions,
  ): Promise<Message>;
}

export function createPerson(world: World, user: User): Person {
  const act = (details: Omit<Act, 'user'>): InteractionHandle =>
    createInteractionHandle(world, deliver(world, { ...details, user }));

  function chatInput(channel: ChannelHandle, words: string, given: GivenOptions, focused?: string) {
    const [name = '', ...path] = words.split(' ');
    const wanted = { name, type: commandTypes.chatInput };
    const command = offeredCommand(world, user, channel.record, wanted);
    const filled = resolveOptions(world, {
      command,
      path,
      given,
      channel: channel.record,
      ...(focused === undefined ? {} : { focused }),
    });
    return commandData(command, filled.options, filled.resolved);
  }

  function onMessage(message: Message, data: Json): InteractionHandle {
    const channel = world.channels.get(message.channelId);
    if (!channel) throw new ClientRefusal(`message ${message.id} is in no channel`);
    return act({ channel, type: interactionTypes.messageComponent, data, source: message });
  }

  function look(message: Message, fits: (component: Json) => boolean, wanted: string): Json {
    const isVisible = messagesSeenBy(world, message.channelId, user.id).includes(message);
    if (!isVisible) throw new ClientRefusal(`${user.username} does not see message ${message.id}`);
    const found = everyComponent(message.components, []).find(({ component }) => fits(component));
    const said = JSON.stringify(textOf(message));
    if (!found) throw new ClientRefusal(`no ${wanted} on the message ${said}`);
    if (found.component.disabled === true) throw new ClientRefusal(`${wanted} is disabled`);
    return found.component;
  }

  const messages = (channel: ChannelHandle) => messagesSeenBy(world, channel.id, user.id);

  return {
    id: user.id,
    record: user,
    directMessage: () => createChannelHandle(world, directMessageOf(world, user.id)),
    say(channel, { content = '', files = [] }) {
      return createMessage(world, {
        channel: channel.record,
        authorId: user.id,
        body: { content },
        files: new Map(
          files.map((file, index) => [
            index,
            { name: file.name, contentType: file.contentType, bytes: Buffer.from(file.bytes) },
          ]),
        ),
        sizeLimit: sizeLimitIn(world, channel.record),
      });
    },
    command(channel, name, options = {}) {
      const data = chatInput(channel, name, options);
      const type = interactionTypes.applicationCommand;
      return act({ channel: channel.record, type, data, commandType: commandTypes.chatInput });
    },
    async autocomplete(channel, name, { option, value, others = {} }) {
      const data = chatInput(channel, name, { ...others, [option]: value }, option);
      const asked = act({ channel: channel.record, type: interactionTypes.autocomplete, data });
      await asked.answered();
      return asked.record.choices ?? [];
    },
    messageCommand(message, name) {
      const channel = world.channels.get(message.channelId);
      if (!channel) throw new ClientRefusal(`message ${message.id} is in no channel`);
      const type = commandTypes.message;
      const command = offeredCommand(world, user, channel, { name, type });
      const resolved = { messages: { [message.id]: messageJson(world, message) } };
      const data = { ...commandData(command, [], resolved), target_id: message.id };
      return act({
        channel,
        type: interactionTypes.applicationCommand,
        data,
        commandType: type,
      });
    },
    userCommand(channel, target, name) {
      const type = commandTypes.user;
      const command = offeredCommand(world, user, channel.record, { name, type });
      const resolved: Record<string, Json> = {};
      placeUser(world, guildOf(world, channel.record), target.record, (group, id, entry) => {
        resolved[group] = { [id]: entry };
      });
      const data = { ...commandData(command, [], resolved), target_id: target.id };
      return act({
        channel: channel.record,
        type: interactionTypes.applicationCommand,
        data,
        commandType: type,
      });
    },
    press(message, button) {
      const isIt = (component: Json) =>
        component.type === componentTypes.button &&
        (component.custom_id === button ||
          component.label === button ||
          emojiOf(component) === button);
      const { custom_id, id } = look(message, isIt, `button ${button}`);
      return onMessage(message, { component_type: componentTypes.button, custom_id, id });
    },
    select(message, customId, values) {
      const isIt = (component: Json) => component.custom_id === customId;
      const { type, id } = look(message, isIt, `menu ${customId}`);
      return onMessage(message, { component_type: type, custom_id: customId, id, values });
    },
    submitModal(shownBy, fields) {
      const trigger = shownBy.record;
      if (!trigger.modal) throw new ClientRefusal(`interaction ${trigger.id} brought up no modal`);
      return act({
        channel: channelOfTrigger(world, trigger),
        type: interactionTypes.modalSubmit,
        data: fillModal(world, trigger.modal, fields),
        source: world.messages.get(trigger.sourceMessageId ?? ''),
        trigger,
      });
    },
    messages,
    waitFor: (channel, predicate, options) =>
      waitUntil(
        world,
        () => messages(channel).find(predicate),
        () => describeMessages(messages(channel)),
        options,
      ),
  };
}

function commandData(
  command: { id: string; name: string; type: number; guild_id?: string },
  options: Json[],
  resolved: Json,
): Json {
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(options.length > 0 ? { options } : {}),
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
    ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
  };
}

function emojiOf(component: Json): unknown {
  return (component.emoji as { name?: unknown } | undefined)?.name;
}

function channelOfTrigger(world: World, trigger: Interaction) {
  const channel = world.channels.get(trigger.channelId);
  if (!channel) throw new ClientRefusal(`channel ${trigger.channelId} is gone`);
  return channel;
}
