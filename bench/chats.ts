/** A platform's stand-in and the people on it, in a process of their own beside the pipeline. */
import { type Crowd, type LoadOptions, runLoad } from './chat-load.js';
import { createDiscordCrowd } from './discord-crowd.js';
import { givenOptions, serve } from './serve.js';
import { cancelOne, createTelegramCrowd } from './telegram-crowd.js';

export interface ChatsOptions {
  readonly platform: 'telegram' | 'discord';
  /** True leaves the platform's rate limits in force. */
  readonly withLimits?: boolean;
}

const { platform, withLimits = false } = givenOptions<ChatsOptions>();
let crowd: Crowd | undefined;

function opened(): Crowd {
  if (!crowd) throw new Error('The platform is not open yet');
  return crowd;
}

serve({
  async start() {
    crowd = await (platform === 'telegram'
      ? createTelegramCrowd(withLimits)
      : createDiscordCrowd(withLimits));
  },
  async stop() {
    await crowd?.close();
  },
  calls: {
    address: () => ({ apiUrl: opened().apiUrl, token: opened().token }),
    send: async (people: number) => {
      for (let person = 0; person < people; person += 1) await opened().send(person);
    },
    /** Commands of people who have not asked before. */
    askOthers: ({ first, people }: { first: number; people: number }) =>
      Promise.all(Array.from({ length: people }, (_, n) => opened().ask(first + n))),
    traffic: () => opened().traffic(),
    cancelOne: (person: number) => cancelOne(opened(), person),
    load: (options: LoadOptions) => runLoad(opened(), options),
  },
});
