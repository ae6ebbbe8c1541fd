import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import type { Person } from '../../src/playground/telegram/index.js';
import { type GeminiServer, startGeminiServer } from '../support/gemini-server.js';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.js';
import { makePicture } from '../support/pictures.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

const wrongKey = 'sk-canary-that-nobody-takes';

let studio: Studio;
let openAi: OpenAiServer;
let gemini: GeminiServer;
let easel: EaselProcess;
beforeAll(async () => {
  openAi = await startOpenAiServer({ shrink: 4, models: ['gpt-image-2', 'locked'] });
  gemini = await startGeminiServer({ shrink: 4 });
  studio = await openStudio({
    configuration: `
backends:
  - { name: locked, type: openai, pool: locked, url: '${openAi.url}', apiKeyEnv: LOCKED_KEY, models: [locked] }
`,
  });
  easel = await studio.start({
    LOCKED_KEY: wrongKey,
    OPENAI_API_KEY: openAi.apiKey,
    OPENAI_BASE_URL: openAi.url,
    GEMINI_API_KEY: gemini.apiKey,
    GEMINI_BASE_URL: gemini.url,
  });
});
afterAll(async () => {
  await studio.close();
  await Promise.all([openAi.close(), gemini.close()]);
  for (const key of [openAi.apiKey, gemini.apiKey, wrongKey]) {
    expect(easel.output()).not.toContain(key);
  }
});

let ann: Person;
beforeEach(() => {
  ann = studio.telegram.createUser({ firstName: 'Ann' });
});
const failed = (words: string) => telegramCardWith(studio, ann.chat, 'Retry', words);

describe('OpenAI, from a key in the environment', () => {
  it('makes images in one call, and edits one with a mask', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const before = openAi.submissions();
    const options = { prompt: 'a lighthouse', model: 'gpt-image-2', count: 2, aspect: '16:9' };
    people[0]?.command(channel, 'imagine', options);
    const done = await discordCardWith(channel, 'U1', 'a lighthouse');
    expect(shownAttachments(done).length).toBeGreaterThanOrEqual(2);
    expect(openAi.submissions()).toBe(before + 1);
    expect(openAi.orders().at(-1)?.fields).toMatchObject({ n: 2, size: '1536x864' });

    people[0]?.command(channel, 'imagine', {
      prompt: 'a red door',
      model: 'gpt-image-2',
      image: { name: 'house.png', bytes: await makePicture(320, 240, 'png', '#888') },
      mask: { name: 'mask.png', bytes: await makePicture(320, 240, 'png', '#fff') },
    });
    await discordCardWith(channel, 'U1', 'a red door');
    const order = openAi.orders().at(-1);
    expect(order).toMatchObject({ isEdit: true, width: 1408, height: 1056 });
    expect((await sharp(order?.mask).metadata()).hasAlpha).toBe(true);
  });

  it('tells at once that a prompt was refused, and asks once', async () => {
    const before = openAi.submissions();
    await ann.send(ann.chat, { text: 'a forbidden fruit --model gpt-image-2' });
    await failed('a forbidden fruit');
    expect(openAi.submissions()).toBe(before + 1);
  });

  it('waits as long as a limit says, and then goes on', async () => {
    const before = openAi.submissions();
    openAi.fail('POST /v1/images', {
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ error: { code: 'rate_limit_exceeded', message: 'slow down' } }),
    });
    await ann.send(ann.chat, { text: 'a snail --model gpt-image-2' });
    await telegramCardWith(studio, ann.chat, 'U1', 'a snail');
    expect(openAi.submissions()).toBe(before + 2);
  });

  it('repeats no run that may have been billed', async () => {
    const before = openAi.submissions();
    openAi.fail('POST /v1/images', { kind: 'reset-after' });
    await ann.send(ann.chat, { text: 'a broken vase --model gpt-image-2' });
    const card = await failed('a broken vase');
    expect(telegramWords(card)).toContain('may have been billed');
    expect(openAi.submissions()).toBe(before + 1);
  });

  it('lets a cancel reach the connection', async () => {
    const before = openAi.abandoned();
    openAi.hold();
    const { channel, people } = openDiscordRoom(studio);
    people[0]?.command(channel, 'imagine', { prompt: 'a slow boat', model: 'gpt-image-2' });
    const running = await channel.waitFor((message) => /[▰▱]{10} \d+%/.test(textOf(message)), {
      timeoutMs: patienceMs,
    });
    people[0]?.press(running, 'Cancel');
    await vi.waitFor(() => expect(openAi.abandoned()).toBe(before + 1), { timeout: patienceMs });
    openAi.release();
  });
});

describe('Gemini, from a key in the environment', () => {
  it('makes each image by a call of its own, from a photo with a caption', async () => {
    const before = gemini.submissions();
    await ann.send(ann.chat, {
      photo: await makePicture(640, 480, 'jpeg', '#d03020'),
      caption: 'an oil painting --model gemini-3-pro-image --n 2',
    });
    await telegramCardWith(studio, ann.chat, 'U1', 'an oil painting');
    expect(gemini.submissions()).toBe(before + 2);
    expect(gemini.orders.at(-1)?.inputs).toHaveLength(1);
  });

  it('tries once more where it answers in words, and then tells them', async () => {
    const before = gemini.submissions();
    const words = {
      candidates: [{ finishReason: 'STOP', content: { parts: [{ text: 'Which fox?' }] } }],
    };
    gemini.script(words, words);
    await ann.send(ann.chat, { text: 'that fox --model gemini-3-pro-image' });
    const card = await failed('that fox');
    expect(telegramWords(card)).toContain('Which fox?');
    expect(telegramWords(card)).toContain('It was billed');
    expect(gemini.submissions()).toBe(before + 2);
  });
});

it('tells the operator of a wrong key once, and each user soon that it is not theirs to mend', async () => {
  const before = openAi.submissions();
  for (const prompt of ['a first wish', 'a second wish']) {
    await ann.send(ann.chat, { text: `${prompt} --model locked` });
  }
  for (const prompt of ['a first wish', 'a second wish']) {
    expect(telegramWords(await failed(prompt))).toContain('Its operator has been told');
  }
  const complaints = easel
    .output()
    .split('\n')
    .filter((line) => line.includes('the API key'));
  expect(complaints).toHaveLength(1);
  const said = telegramSaid(studio, ann.chat).map(telegramWords).join('\n');
  expect(said).not.toMatch(/API key/i);
  expect(openAi.submissions()).toBe(before);
});
