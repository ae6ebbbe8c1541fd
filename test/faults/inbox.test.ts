import { expect, it, vi } from 'vitest';
import { faultPatience, generous, openFaultStudio } from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });

it('takes up what another process took down and died with, without a restart', async ({
  onTestFinished,
}) => {
  const faults = await openFaultStudio({ withRedis: true });
  onTestFinished(() => faults.close());
  const { ask, start, spawn, ended, evidence, links, studio } = faults;
  const survivor = await start();
  // Telegram gives its updates to the other from now on.
  links.telegram.refuse();
  await survivor.said('Telegram sends no updates');
  const other = spawn({
    EASEL_ROLES: 'telegram',
    EASEL_FAILPOINT: 'update-received',
    TELEGRAM_API_ROOT: studio.telegram.url,
  });
  await other.said('The telegram bot is ready');
  await ask(1);
  await other.exited;
  expect(other.child.signalCode).toBe('SIGKILL');
  await vi.waitFor(async () => expect(await studio.batchCount()).toBe(1), faultPatience);
  // It comes again, and is known.
  links.telegram.heal();
  await ask(2);
  await ended();
  expect(await studio.batchCount()).toBe(2);
  expect(judge(evidence(), { ...generous, submissions: 1 })).toEqual([]);
});
