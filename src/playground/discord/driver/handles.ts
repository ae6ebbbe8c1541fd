import { type Channel, type Interaction, type Message, messageFlags } from '../records.js';
import { messagesIn, type World } from '../world.js';
import { hasFailed, send } from './delivery.js';
import { describeMessages, type WaitOptions, waitUntil } from './waiting.js';

/** A place to talk in. */
export interface ChannelHandle {
  readonly id: string;
  readonly name: string;
  readonly record: Channel;
  /** What everybody there sees now, oldest first. */
  messages(): Message[];
  /** The first message that everybody sees and that fits, now or later. */
  waitFor(predicate: (message: Message) => boolean, options?: WaitOptions): Promise<Message>;
}

export function createChannelHandle(world: World, channel: Channel): ChannelHandle {
  const messages = () => messagesSeenBy(world, channel.id, undefined);
  return {
    id: channel.id,
    name: channel.name,
    record: channel,
    messages,
    waitFor: (predicate, options) =>
      waitUntil(
        world,
        () => messages().find(predicate),
        () => describeMessages(messages()),
        options,
      ),
  };
}

/** Public messages, and the ephemeral ones of one user. */
export function messagesSeenBy(world: World, channelId: string, userId: string | undefined) {
  return messagesIn(world, channelId).filter(
    ({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === userId,
  );
}

/** What a person started, and what came of it. */
export interface InteractionHandle {
  readonly id: string;
  readonly record: Interaction;
  /** The event once more, as a second delivery. */
  replay(): void;
  /** True once the person reads 'the application did not respond'. */
  hasFailed(): boolean;
  /** Until the bot gave its first answer. @returns the callback's type */
  answered(options?: WaitOptions): Promise<number>;
  /** The answer's message, once it is no longer loading. */
  message(options?: WaitOptions): Promise<Message>;
  /** The modal that the bot showed. */
  modal(options?: WaitOptions): Promise<Record<string, unknown>>;
}

export function createInteractionHandle(world: World, interaction: Interaction): InteractionHandle {
  const describe = () =>
    `interaction ${interaction.id}, answered with ${interaction.answeredWith ?? 'nothing'}`;
  const wait = <Found>(look: () => Found | undefined, options?: WaitOptions) =>
    waitUntil(world, look, describe, options);
  const standingAnswer = () => {
    const message = world.messages.get(interaction.originalMessageId ?? '');
    const isLoading = ((message?.flags ?? 0) & messageFlags.Loading) !== 0;
    return message && !isLoading && message.deletedAt === undefined ? message : undefined;
  };
  return {
    id: interaction.id,
    record: interaction,
    replay: () => send(world, interaction),
    hasFailed: () => hasFailed(world, interaction),
    answered: (options) => wait(() => interaction.answeredWith, options),
    message: (options) => wait(standingAnswer, options),
    modal: (options) => wait(() => interaction.modal, options),
  };
}
