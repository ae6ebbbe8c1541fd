import { z } from 'zod';
import type { BackendInfo } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { defineCommand } from './command.js';
import * as options from './options.js';

export const adminBackendsList = defineCommand({
  path: ['admin', 'backends', 'list'],
  description: 'command-admin-backends-list',
  permission: 'scope-managers',
  options: z.object({}),
  run: async ({ engine, texts, now, isAdmin }) => {
    const listed = await engine.backends.list();
    // Errors may name hosts and models: who manages a scope has no use for them.
    const backends = isAdmin ? listed : listed.map((info) => ({ ...info, lastError: null }));
    const pools = new Map((await engine.pools()).map((pool) => [pool.name, pool]));
    const text = [...new Set(backends.map(({ pool }) => pool))].flatMap((pool) => [
      texts.text('backends-pool', { pool, waiting: pools.get(pool)?.waiting ?? 0 }),
      ...backends
        .filter((backend) => backend.pool === pool)
        .flatMap((backend) => backendLines(backend, texts, now())),
    ]);
    return { kind: 'text', text: text.join('\n'), private: true };
  },
});

export const adminBackendsDrain = defineCommand({
  path: ['admin', 'backends', 'drain'],
  description: 'command-admin-backends-drain',
  permission: 'admins',
  options: z.object({ backend: options.backend }),
  run: async ({ engine, texts, user, now }, { backend }) => {
    const drained = await engine.backends.drain(backend, { userId: user.id, manages: true });
    const title = texts.text('backends-drained', { backend: drained.name });
    const text = [title, ...backendLines(drained, texts, now())].join('\n');
    return { kind: 'text', text, private: true };
  },
});

export const adminBackendsEnable = defineCommand({
  path: ['admin', 'backends', 'enable'],
  description: 'command-admin-backends-enable',
  permission: 'admins',
  options: z.object({ backend: options.backend }),
  run: async ({ engine, texts, user, now }, { backend }) => {
    const enabled = await engine.backends.enable(backend, { userId: user.id, manages: true });
    const title = texts.text('backends-enabled', { backend: enabled.name });
    const text = [title, ...backendLines(enabled, texts, now())].join('\n');
    return { kind: 'text', text, private: true };
  },
});

export const adminBackendsReload = defineCommand({
  path: ['admin', 'backends', 'reload'],
  description: 'command-admin-backends-reload',
  permission: 'admins',
  options: z.object({}),
  run: async ({ engine, texts, user }) => {
    const changes = await engine.backends.reload({ userId: user.id, manages: true });
    const { added, removed } = changes;
    const lines = [
      ...(added.length > 0 ? [texts.text('backends-added', { names: texts.list(added) })] : []),
      ...(removed.length > 0
        ? [texts.text('backends-removed', { names: texts.list(removed) })]
        : []),
    ];
    const text = lines.length > 0 ? lines.join('\n') : texts.text('backends-unchanged');
    return { kind: 'text', text, private: true };
  },
});

const stateTexts = {
  well: 'backends-state-well',
  resting: 'backends-state-resting',
  away: 'backends-state-away',
  exhausted: 'backends-state-exhausted',
  misconfigured: 'backends-state-misconfigured',
} as const satisfies Record<NonNullable<BackendInfo['state']>, string>;

/** `desk (comfyui): ready · 1 of 2 slots`, and what it failed with last. */
function backendLines(backend: BackendInfo, texts: LocalizedTexts, now: Date): string[] {
  const { name, type, running, slots, lastError, until } = backend;
  const isOver = until !== null && until <= now;
  const key = backend.state === null ? 'backends-state-unknown' : stateTexts[backend.state];
  const parts = [texts.text(isOver ? 'backends-state-well' : key)];
  if (until && !isOver) parts.push(texts.text('backends-until', { time: texts.time(until, now) }));
  if (backend.drained) parts.push(texts.text('backends-state-drained'));
  const state = parts.join(' · ');
  const line = texts.text('backends-line', { name, type, state, running, slots });
  if (!lastError) return [line];
  const time = texts.time(lastError.at, now);
  return [line, texts.text('backends-last-error', { time, error: lastError.text })];
}
