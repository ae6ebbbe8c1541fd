import {
  type ChannelHandle,
  createDiscordPlayground,
  type Interaction,
  type Message,
  type Person,
} from '../src/playground/discord/index.js';
import { type Crowd, type Watch, watchCommand } from './chat-load.js';

/** Wide enough that no limit of Discord's is met. */
const noLimits = 1_000_000;

export interface DiscordCrowd extends Crowd {
  readonly playground: Awaited<ReturnType<typeof createDiscordPlayground>>;
  personOf(index: number): { readonly person: Person; readonly channel: ChannelHandle };
}

/** People in one server, each in a channel of their own. */
export async function createDiscordCrowd(withLimits: boolean): Promise<DiscordCrowd> {
  const playground = await createDiscordPlayground(withLimits ? {} : { rateLimitScale: noLimits });
  const guild = playground.driver.createGuild({ name: 'Studio' });
  /** Entries of the ledger that `traffic` has told of. */
  let counted = 0;
  const people: { person: Person; channel: ChannelHandle }[] = [];
  /** By the interaction's id, then also by the id of the message that answers it. */
  const byInteraction = new Map<string, Watch>();

  playground.events.on('answer', ({ id }: Interaction) => byInteraction.get(id)?.answered());
  const look = (message: Message) => {
    const interactionId = message.interactionMetadata?.id;
    if (typeof interactionId !== 'string' || message.attachments.length === 0) return;
    const watch = byInteraction.get(interactionId);
    byInteraction.delete(interactionId);
    watch?.shown();
    // Thousands of pictures would fill the memory.
    for (const { attachments } of [message, ...message.versions]) {
      for (const attachment of attachments) attachment.bytes = Buffer.alloc(0);
    }
  };
  playground.events.on('message', look);
  playground.events.on('edit', look);

  const personOf = (index: number) => {
    const known = people[index];
    if (known) return known;
    const person = playground.driver.createPerson({ name: `person ${index}` });
    guild.addMember(person);
    const made = { person, channel: guild.createChannel({ name: `art-${index}` }) };
    people[index] = made;
    return made;
  };

  return {
    playground,
    apiUrl: playground.url,
    token: playground.token,
    personOf,
    ask(index) {
      const { person, channel } = personOf(index);
      const watch = watchCommand(`person ${index} on Discord`);
      const { id } = person.command(channel, 'imagine', { prompt: 'a lighthouse at dusk' });
      byInteraction.set(id, watch);
      return watch.done;
    },
    async send(index) {
      const { person, channel } = personOf(index);
      person.command(channel, 'imagine', { prompt: 'a lighthouse at dusk' });
    },
    traffic() {
      const entries = playground.ledger.entries.slice(counted);
      counted += entries.length;
      const edits = entries.filter(({ method }) => method === 'PATCH' || method === 'POST');
      return {
        sent: edits.length,
        refused: edits.filter(({ status }) => status === 429).length,
      };
    },
    close: () => playground.close(),
  };
}
