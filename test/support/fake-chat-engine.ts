import {
  type BatchView,
  type Engine,
  type ModelInfo,
  type PoolInfo,
  type Preset,
  type Presets,
  phaseOf,
  type SubmitRequest,
  type UserPreferences,
} from '../../src/engine/index.js';

import { createFakeAdministration } from './fake-administration.js';

export interface FakeChatEngine extends Engine {
  readonly submitted: SubmitRequest[];
  /** What was asked of the engine beyond reading, in order. */
  readonly calls: unknown[][];
  readonly batches: Map<string, BatchView>;
  /** Batches whose card nobody can be shown any more. */
  readonly lostCards: Set<string>;
  modelList: ModelInfo[];
  poolList: PoolInfo[];
  presetList: Preset[];
  presets: Presets;
}

const sketch: ModelInfo = {
  name: 'sketch',
  pool: 'default',
  default: true,
  canEdit: true,
  canInpaint: true,
  canUpscale: false,
  references: 3,
};

/** As much of an engine as commands and buttons ask for; what they must not ask for throws. */
export function createFakeChatEngine(overrides: Partial<Engine> = {}): FakeChatEngine {
  const submitted: SubmitRequest[] = [];
  const calls: unknown[][] = [];
  const batches = new Map<string, BatchView>();
  const lostCards = new Set<string>();
  const unexpected = (name: string) => () => Promise.reject(new Error(`Not expected: ${name}`));
  const all = () => [...batches.values()];
  let inputs = 0;
  let preferences: UserPreferences = {};

  const engine: FakeChatEngine = {
    submitted,
    calls,
    batches,
    lostCards,
    modelList: [sketch],
    poolList: [{ name: 'default', concurrency: 2, paused: false, waiting: 3, running: 1 }],
    inbox: {
      receive: unexpected('inbox.receive'),
      close: async (...given) => void calls.push(['inbox.close', ...given]),
      closeKeeping: unexpected('inbox.closeKeeping'),
      kept: unexpected('inbox.kept'),
      takeUp: unexpected('inbox.takeUp'),
      refuse: unexpected('inbox.refuse'),
      group: unexpected('inbox.group'),
    },
    cards: {
      hold: unexpected('cards.hold'),
      letGo: unexpected('cards.letGo'),
      due: unexpected('cards.due'),
      live: unexpected('cards.live'),
      read: async (batchId) => {
        const batch = batches.get(batchId);
        if (!batch || lostCards.has(batchId)) return undefined;
        const { platform } = batch.owner;
        const progress = {
          version: 1,
          renderedVersion: 1,
          attempts: 0,
          sendingSince: null,
          posts: [],
          shownImageIds: [],
        };
        return { batchId, platform, address: { message: 1 }, final: true, ...progress, batch };
      },
      rendered: unexpected('cards.rendered'),
      sending: unexpected('cards.sending'),
      placed: unexpected('cards.placed'),
      postpone: unexpected('cards.postpone'),
      defer: unexpected('cards.defer'),
      undeliverable: async (batchId) => {
        calls.push(['cards.undeliverable', batchId]);
        lostCards.add(batchId);
      },
      readdress: async (...given) => {
        calls.push(['cards.readdress', ...given]);
        return true;
      },
      findByAddress: unexpected('cards.findByAddress'),
      posts: {
        begin: unexpected('cards.posts.begin'),
        sent: unexpected('cards.posts.sent'),
        release: unexpected('cards.posts.release'),
        doubt: unexpected('cards.posts.doubt'),
        sendAgain: unexpected('cards.posts.sendAgain'),
      },
    },
    albums: {
      batchOf: unexpected('albums.batchOf'),
      latestOf: async () => undefined,
      extend: unexpected('albums.extend'),
    },
    ensureUser: async (identity) => ({
      ...identity,
      id: `user-${identity.name.toLowerCase()}`,
      locale: preferences.language ?? identity.locale,
      preferences,
    }),
    backends: {
      list: unexpected('backends.list'),
      drain: unexpected('backends.drain'),
      enable: unexpected('backends.enable'),
      reload: unexpected('backends.reload'),
      reloadHere: () => {
        throw new Error('Not expected: backends.reloadHere');
      },
    },
    presetList: [],
    presets: {
      list: async (scopeId) =>
        engine.presetList.filter((preset) => ['global', scopeId].includes(preset.scopeId)),
      add: async ({ name, scopeId, userId }, content) => {
        calls.push(['presets.add', { name, scopeId, userId }, content]);
        return { ...content, name, scopeId, version: 1 };
      },
      edit: async ({ name, scopeId, userId }, change) => {
        calls.push(['presets.edit', { name, scopeId, userId }, change]);
        return { prompt: change.prompt ?? 'as before', name, scopeId, version: 2 };
      },
      remove: async (author) => void calls.push(['presets.remove', author]),
      samples: async (presets) => Buffer.from(presets.map(({ prompt }) => prompt).join('\n')),
    },
    administration: createFakeAdministration(calls),
    preferences: {
      read: async () => preferences,
      change: async (userId, change) => {
        calls.push(['preferences.change', userId, change]);
        preferences = Object.fromEntries(
          Object.entries({ ...preferences, ...change }).filter(([, value]) => value != null),
        );
        return preferences;
      },
    },
    accounts: {
      createLinkCode: async () => ({ code: 'ABCD2345', lifeMs: 600_000 }),
      link: async (...given) => void calls.push(['link', ...given]),
      erase: async (userId) => {
        calls.push(['erase', userId]);
        return 3;
      },
    },
    history: {
      page: async ({ userId, text = '', withPrivate }, page, batchesOnPage) => {
        const found = all().filter(
          ({ owner, prompt, private: isPrivate }) =>
            owner.id === userId && prompt.includes(text) && (withPrivate || !isPrivate),
        );
        const pages = Math.max(1, Math.ceil(found.length / batchesOnPage));
        const start = (page - 1) * batchesOnPage;
        const shown = found.slice(start, start + batchesOnPage);
        return { batches: shown, page, pages, total: found.length };
      },
      recentIds: async (userId) =>
        all()
          .filter(({ owner }) => owner.id === userId)
          .flatMap(({ id, tasks }) => tasks.map((task) => ({ batchId: id, taskId: task.id }))),
      batchOfTask: async (taskId) =>
        all().find(({ tasks }) => tasks.some((task) => task.id === taskId)),
    },
    inputs: {
      maxBytes: 20_000_000,
      maxPixels: 50_000_000,
      keep: async (bytes) => {
        inputs += 1;
        calls.push(['keep', bytes.byteLength]);
        return { id: `input${inputs}`, mediaType: 'image/png', width: 8, height: 8 };
      },
      archiveMaxBytes: 200_000_000,
      readArchive: async (fetch, use) => {
        await fetch();
        return use([]);
      },
      keepImage: async (imageId) => {
        calls.push(['keepImage', imageId]);
        return { id: `kept-${imageId}`, mediaType: 'image/png', width: 8, height: 8 };
      },
    },
    submit: async (request) => {
      submitted.push(request);
      calls.push(['submit']);
      return { batchId: `new${submitted.length}`, created: true };
    },
    cancel: async (...given) => void calls.push(['cancel', ...given]),
    retry: async (...given) => void calls.push(['retry', ...given]),
    remove: async (...given) => void calls.push(['remove', ...given]),
    batch: async (id) => batches.get(id),
    activeBatches: async (userId) =>
      all().filter(({ owner, counts }) => {
        const phase = phaseOf(counts);
        return owner.id === userId && (phase === 'waiting' || phase === 'running');
      }),
    batchOfImage: async (imageId) =>
      all().find(({ tasks }) =>
        tasks.some(({ images }) => images.some((image) => image.id === imageId)),
      ),
    batchOfFile: unexpected('batchOfFile'),
    position: async () => ({ position: 3, estimateMs: 41_000 }),
    readImage: unexpected('readImage'),
    readGrid: unexpected('readGrid'),
    readImageWithin: unexpected('readImageWithin'),
    readArchives: () => {
      throw new Error('readArchives was not expected');
    },
    models: async () => engine.modelList,
    pools: async () => engine.poolList,
    setConcurrency: async (pool, value, actor) => {
      calls.push(['setConcurrency', pool, value, actor]);
      return engine.poolList.map((info) => ({ ...info, concurrency: value }));
    },
    pausePool: async (pool, actor) => {
      calls.push(['pausePool', pool, actor]);
      return engine.poolList.map((info) => ({ ...info, paused: true }));
    },
    resumePool: async (pool, actor) => {
      calls.push(['resumePool', pool, actor]);
      return engine.poolList.map((info) => ({ ...info, paused: false }));
    },
    setWeight: unexpected('setWeight'),
    onProgress: () => () => {},
    onCardChanged: () => () => {},
    ...overrides,
  };
  return engine;
}
