import { z } from 'zod';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { readStored, writeLanguage, writeStored } from './preference.repository.js';

const schema = z.object({
  model: z.string().optional(),
  aspect: z.string().optional(),
  /** 1 to 4. */
  count: z.number().optional(),
  preset: z.string().optional(),
  negative: z.string().optional(),
  private: z.boolean().optional(),
  /** `en` or `zh-CN`. */
  language: z.string().optional(),
  /** What the button `Delete` takes: the messages in the chat alone, or the stored images too. */
  delete: z.enum(['message', 'images']).optional(),
});

/** What somebody wants where they say nothing else: the last word after options, flags and presets. */
export type UserPreferences = Readonly<z.output<typeof schema>>;

/** Null takes one away; what is absent stays. */
export type PreferenceChange = {
  readonly [Name in keyof UserPreferences]?: UserPreferences[Name] | null;
};

export interface Preferences {
  read(userId: string): Promise<UserPreferences>;
  /** What they are afterwards. */
  change(userId: string, change: PreferenceChange): Promise<UserPreferences>;
}

export function createPreferences(db: Database, transact: Transact): Preferences {
  return {
    read: async (userId) => parsePreferences(await readStored(db, userId)),

    change: (userId, change) =>
      transact(async (trx, effects) => {
        const before = parsePreferences(await readStored(trx, userId));
        const after = parsePreferences(
          Object.fromEntries(
            Object.entries({ ...before, ...change }).filter(([, value]) => value != null),
          ),
        );
        await writeStored(trx, userId, after);
        if (change.language !== undefined) await writeLanguage(trx, userId, change.language);
        effects.people();
        return after;
      }),
  };
}

/** What another version wrote and this one can't read counts as not there. */
export function parsePreferences(stored: unknown): UserPreferences {
  const { data } = schema.safeParse(stored ?? {});
  return data ?? {};
}
