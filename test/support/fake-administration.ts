import {
  type Administration,
  EngineError,
  type Limits,
  type Rules,
} from '../../src/engine/index.js';

const limits: Limits = {
  waitingTasks: 100,
  runningTasks: 3,
  hardRunningTasks: null,
  userImagesPerDay: null,
  scopeImagesPerDay: null,
  adminWeight: 1,
  promptMaxCharacters: 4000,
};

const rules: Rules = {
  channels: [],
  blockedWords: [],
  nsfwModels: [],
  nsfwPresets: [],
  ageRestricted: false,
};

/** Writes down what it is asked to change, and has nothing to show. */
export function createFakeAdministration(calls: unknown[][]): Administration {
  return {
    limits: {
      read: async () => limits,
      set: async (...given) => {
        calls.push(['limits.set', ...given]);
        return limits;
      },
    },
    rules: {
      read: async () => rules,
      setEntries: async (...given) => {
        calls.push(['rules.setEntries', ...given]);
        return rules;
      },
      setAgeRestricted: async (...given) => {
        calls.push(['rules.setAgeRestricted', ...given]);
        return rules;
      },
    },
    moveScope: async (...given) => void calls.push(['moveScope', ...given]),
    people: {
      use: async (...given) => {
        calls.push(['people.use', ...given]);
        return [];
      },
      find: async (platform, wanted) => ({
        id: `user-${wanted}`,
        platform,
        platformUserId: wanted,
        name: wanted,
        locale: 'en',
      }),
      block: async (...given) => {
        calls.push(['people.block', ...given]);
        return { cancelled: 0, isNew: true };
      },
      unblock: async (...given) => {
        calls.push(['people.unblock', ...given]);
        return true;
      },
    },
    models: {
      list: async () => [],
      setHidden: async (...given) => {
        calls.push(['models.setHidden', ...given]);
        return [];
      },
    },
    queue: {
      list: async (...given) => {
        calls.push(['queue.list', ...given]);
        return [];
      },
      cancel: async (...given) => void calls.push(['queue.cancel', ...given]),
      cancelAll: async (...given) => {
        calls.push(['queue.cancelAll', ...given]);
        return [];
      },
    },
    check: async ({ prompts }) => {
      const length = Math.max(...prompts.map((prompt) => prompt.length));
      const limit = limits.promptMaxCharacters;
      if (length > limit) throw new EngineError({ kind: 'prompt-too-long', length, limit });
    },
    audit: async (...given) => {
      calls.push(['audit', ...given]);
      return [];
    },
    statistics: async (...given) => {
      calls.push(['statistics', ...given]);
      return { days: [], failures: [], models: [] };
    },
    drawStatistics: async () => new Uint8Array(4),
  };
}
