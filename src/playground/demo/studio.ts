import { randomInt } from 'node:crypto';
import {
  type ChannelHandle,
  createDiscordPlayground,
  type Person as DiscordPerson,
  type DiscordPlayground,
} from '../discord/index.js';
import {
  createTelegramPlayground,
  type Person as TelegramPerson,
  type TelegramPlayground,
} from '../telegram/index.js';

/** Two chat platforms, and the people of the tour. */
export interface Studio {
  readonly discord: DiscordPlayground;
  readonly telegram: TelegramPlayground;
  readonly channel: ChannelHandle;
  readonly ada: DiscordPerson;
  readonly dana: DiscordPerson;
  readonly bruno: TelegramPerson;
  readonly chen: TelegramPerson;
  /** As EASEL_ADMINS lists them. */
  readonly admins: readonly string[];
  close(): Promise<void>;
}

export async function openStudio(): Promise<Studio> {
  // Easel's record outlives the playgrounds, and must not take this one's updates for repeats.
  const [discord, telegram] = await Promise.all([
    createDiscordPlayground(),
    createTelegramPlayground({ idOffset: randomInt(1_000_000_000) }),
  ]);
  const guild = discord.driver.createGuild({ name: 'The Studio' });
  const channel = guild.createChannel({ name: 'art' });
  const ada = discord.driver.createPerson({ name: 'Ada' });
  const dana = discord.driver.createPerson({ name: 'Dana' });
  guild.addMember(ada);
  // Discord offers `/admin` to those who manage the server; Easel itself asks for more.
  guild.addMember(dana, { permissions: ['ManageGuild'] });
  return {
    discord,
    telegram,
    channel,
    ada,
    dana,
    bruno: telegram.createUser({ firstName: 'Bruno' }),
    chen: telegram.createUser({ firstName: 'Chen' }),
    admins: [`discord:${dana.id}`],
    async close() {
      await Promise.all([discord.close(), telegram.close()]);
    },
  };
}
