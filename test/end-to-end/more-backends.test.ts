import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../../src/playground/telegram/index.js';
import { type A1111Server, startA1111Server } from '../support/a1111-server.js';
import { type SeedreamServer, startSeedreamServer } from '../support/seedream-server.js';
import { openStudio, type Studio } from '../support/studio.js';
import { telegramCardWith, telegramWords } from '../support/studio-people.js';

let studio: Studio;
let webUi: A1111Server;
let seedream: SeedreamServer;
let log = () => '';
beforeAll(async () => {
  [webUi, seedream, studio] = await Promise.all([
    startA1111Server(),
    startSeedreamServer(),
    openStudio(),
  ]);
  const easel = await studio.start({
    A1111_URL: webUi.url,
    ARK_API_KEY: seedream.apiKey,
    ARK_BASE_URL: seedream.url,
  });
  log = () => easel.output();
});
afterAll(async () => {
  await studio.close();
  await Promise.all([webUi.close(), seedream.close()]);
});

describe('backends that a variable alone makes', () => {
  let ann: Person;
  beforeAll(() => {
    ann = studio.telegram.createUser({ firstName: 'Ann' });
  });

  it('runs on the web UI', async () => {
    await ann.send(ann.chat, { text: '/imagine a red fox --model tiny-sd15' });
    const done = await telegramCardWith(studio, ann.chat, 'U1', 'a red fox');
    expect(telegramWords(done)).toContain('tiny-sd15');
    expect(webUi.submissions()).toBe(1);
  });

  it('runs on Seedream, keeps the images that succeeded, and tells why one is missing', async () => {
    const code = 'OutputImageSensitiveContentDetected';
    seedream.script({ kind: 'items', errors: { 2: { code, message: 'no' } } });
    await ann.send(ann.chat, { text: '/imagine a blue fox --n 4 --model seedream-5.0' });
    const done = await telegramCardWith(studio, ann.chat, 'U3', 'a blue fox');
    expect(telegramWords(done)).toContain('1 of 4 images');
    expect(seedream.submissions()).toBe(1);
  });

  it('tells a wrong key to the operator, and to nobody what it is', async () => {
    seedream.failNext(401, 'AuthenticationError', `The API key ${seedream.apiKey} is invalid`);
    await ann.send(ann.chat, { text: '/imagine a green fox --model seedream-5.0' });
    const failed = await telegramCardWith(studio, ann.chat, 'Retry', 'a green fox');
    expect(telegramWords(failed)).not.toContain(seedream.apiKey);
    expect(log()).toContain('AuthenticationError');
    expect(log()).not.toContain(seedream.apiKey);
  });
});
