import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import type { BackendModel } from '../../../src/engine/backends/backend.js';
import { createPools } from '../../../src/engine/backends/pools.js';
import { poolOf, silentLog } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

function poolsOn(ask: () => Promise<readonly BackendModel[]>) {
  const backend = createScriptedBackend();
  backend.models = vi.fn(ask);
  let nowMs = 0;
  const pools = createPools([poolOf([backend])], silentLog, () => nowMs);
  return {
    pools,
    asked: backend.models,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

it('lets no command wait for a backend that hangs, beyond a moment', async () => {
  const { pools, asked } = poolsOn(() => new Promise(() => undefined));
  expect(await pools.models()).toEqual([]);
  const route = await pools.route({ operation: 'generate' });
  expect(route.pool.name).toBe('main');
  expect(asked).toHaveBeenCalledTimes(1);
});

it('goes on with what it knows while it asks anew, and while nobody answers', async () => {
  let answer: () => Promise<readonly { id: string; name: string }[]> = async () => [
    { id: 'a', name: 'a' },
  ];
  const { pools, pass } = poolsOn(() => answer());
  expect((await pools.models()).map(({ name }) => name)).toEqual(['a']);
  answer = () => new Promise(() => undefined);
  pass(120_000);
  expect((await pools.models()).map(({ name }) => name)).toEqual(['a']);
});

it('remembers for a while that nobody answered', async () => {
  const { pools, asked, pass } = poolsOn(async () => {
    throw new Error('planted');
  });
  await pools.models();
  await pools.models();
  expect(asked).toHaveBeenCalledTimes(1);
  pass(11_000);
  await pools.models();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
});

it('finds a model by its name or its id, and tells the nearest of another', async () => {
  const { pools } = poolsOn(async () => [{ id: 'sd_xl.safetensors', name: 'sd-xl' }]);
  expect((await pools.route({ operation: 'generate', model: 'SD-XL' })).model?.name).toBe('sd-xl');
  const byId = await pools.route({ operation: 'generate', model: 'sd_xl.safetensors' });
  expect(byId.model?.name).toBe('sd-xl');
  await expect(pools.route({ operation: 'generate', model: 'sd-xm' })).rejects.toMatchObject({
    problem: { kind: 'unknown-model', nearest: ['sd-xl'] },
  });
});

it('asks of a model what it can do itself, and of its pool what the model does not say', async () => {
  const { pools } = poolsOn(async () => [
    { id: 'all', name: 'all' },
    { id: 'words', name: 'words', capabilities: { operations: new Set(['generate']) } },
  ]);
  expect((await pools.route({ operation: 'edit', model: 'all' })).operation).toBe('edit');
  expect((await pools.route({ operation: 'generate', model: 'words' })).operation).toBe('generate');
  await expect(pools.route({ operation: 'edit', model: 'words' })).rejects.toMatchObject({
    problem: { kind: 'cannot', operation: 'edit', model: 'words' },
  });
});

it('offers what all backends of a pool have, and tells operators once of the rest', async () => {
  const said: { msg: string; models: string[] }[] = [];
  const log = pino({}, { write: (line) => said.push(JSON.parse(line)) });
  const [one, other] = [createScriptedBackend('one'), createScriptedBackend('other')];
  const named = (...ids: string[]) => ids.map((id) => ({ id, name: id }));
  one.models = async () => named('sdxl', 'flux');
  other.models = async () => named('anime', 'sdxl');
  const pools = createPools([poolOf([one, other])], log, () => 0);
  for (let asked = 0; asked < 3; asked += 1) {
    expect((await pools.models()).map(({ name }) => name)).toEqual(['sdxl']);
  }
  expect(said).toHaveLength(1);
  expect(said[0]?.models).toEqual(['anime', 'flux']);
});
