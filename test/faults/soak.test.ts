import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, expect, it, vi } from 'vitest';
import type { EaselProcess } from '../support/easel-process.js';
import { planSoak, type SoakFault, seededRandom } from '../support/fault-schedule.js';
import { type FaultStudio, openFaultStudio } from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 400_000 });

/** `SOAK_SEED=123 npx vitest run test/faults/soak.test.ts` does the same again. */
const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 1_000_000));
const durationMs = Number(process.env.SOAK_SECONDS ?? 60) * 1_000;
/** From the last fault to the last card. */
const healingMs = 180_000;

let faults: FaultStudio | undefined;
afterEach(() => faults?.close());

it(`keeps its promises through a minute of faults, seed ${seed}`, async () => {
  console.log(`The soak's seed: SOAK_SEED=${seed}`);
  const random = seededRandom(seed);
  const events = planSoak({ durationMs, people: 10, tasks: 200, faultEveryMs: 3_000 }, random);
  faults = await openFaultStudio({ withRedis: true, withDiscord: true, stepMs: 2 });
  const breaking = createFaults(faults, await faults.start());
  const beganAt = performance.now();
  const struck: string[] = [];
  for (const { atMs, what } of events) {
    await sleep(Math.max(0, atMs - (performance.now() - beganAt)));
    if ('fault' in what) {
      struck.push(`${Math.round(performance.now() - beganAt)} ms: ${what.fault}`);
      await breaking.strike(what.fault);
    } else if (what.person % 2 === 0) {
      await faults.ask(what.person, what);
    } else {
      await faults.askOnDiscord(what.person, what);
    }
  }
  await breaking.heal();
  await faults.ask(100);
  await faults.askOnDiscord(101);
  await faults.ended(healingMs).catch((error: unknown) => {
    throw new Error(`seed ${seed}\n${struck.join('\n')}\n${error}`, { cause: error });
  });
  // One submission, the two retries that a failing backend allows, and one for a lost run.
  const bounds = { submissions: 4, answerMs: 60_000, endMs: durationMs + healingMs, copies: 20 };
  expect(judge(faults.evidence(), bounds), `seed ${seed}\n${struck.join('\n')}`).toEqual([]);
  expect(await breaking.end()).toBe(0);
});

/** Each fault lasts for a moment, heals, and leaves Easel to it. */
function createFaults(studio: FaultStudio, first: EaselProcess) {
  const { links, backend, redis, start } = studio;
  let easel = first;
  const restart = async (signal: 'SIGKILL' | 'SIGTERM') => {
    await easel.end(signal);
    easel = await start();
  };
  const forAMoment = async (spoil: () => void, heal: () => void, ms = 1_500) => {
    spoil();
    await sleep(ms);
    heal();
  };
  const strikes: Record<Exclude<SoakFault, 'bad-network'>, () => Promise<unknown> | unknown> = {
    kill: () => restart('SIGKILL'),
    stop: () => restart('SIGTERM'),
    freeze: () =>
      forAMoment(
        () => easel.child.kill('SIGSTOP'),
        () => easel.child.kill('SIGCONT'),
        7_500,
      ),
    'flush-queue': async () => {
      const client = new Redis(redis?.url ?? '');
      await client.flushall();
      client.disconnect();
    },
    'kill-queue': async () => {
      await redis?.kill();
      await sleep(500);
      await redis?.start();
    },
    'break-queue': () => links.queue.reset(),
    'break-record': () => links.record.reset(),
    'lose-record': () => forAMoment(links.record.refuse, links.record.heal),
    'slow-record': () => forAMoment(() => links.record.delay(100), links.record.heal, 2_000),
    'break-backend': () => links.backend.reset(),
    'lose-backend': () => forAMoment(links.backend.refuse, links.backend.heal, 2_500),
    'forget-backend': () => backend.restart(),
    'failing-backend': () => backend.fail('POST /prompt', { kind: 'status', status: 500 }, 2),
    'crawling-backend': () =>
      forAMoment(() => links.backend.slow(20_000), links.backend.heal, 2_000),
    'break-telegram': () => links.telegram.reset(),
    'unwell-telegram': () => {
      studio.studio.telegram.faults.next({ kind: '502', count: 2 });
      studio.studio.telegram.faults.next({ kind: 'reset-after' });
    },
    'slow-telegram': () => forAMoment(() => links.telegram.delay(300), links.telegram.heal, 2_000),
  };
  const weather = seededRandom(seed);
  const badNetwork = () => {
    for (const link of Object.values(links)) {
      link.delay(50);
      link.resetOften(0.02, weather);
    }
  };
  const healAll = () => {
    for (const link of Object.values(links)) link.heal();
  };
  return {
    strike: async (fault: SoakFault) => {
      if (fault === 'bad-network') await forAMoment(badNetwork, healAll, 3_000);
      else await strikes[fault]();
    },
    async heal() {
      healAll();
      if (easel.child.exitCode !== null || easel.child.signalCode !== null) {
        throw new Error(`Easel ended by itself:\n${easel.output().slice(-5_000)}`);
      }
    },
    end: () => easel.end('SIGTERM'),
  };
}
