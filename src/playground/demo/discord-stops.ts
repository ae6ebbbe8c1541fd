import {
  buttonsOf,
  type InteractionHandle,
  type Message,
  shownAttachments,
  textOf,
} from '../discord/index.js';
import { compare } from './likeness.js';
import type { Stop } from './report.js';
import { discordKey } from './sightings.js';
import type { Tour } from './tour.js';

const patience = { timeoutMs: 60_000 };
const imageCount = 4;

/** Four images, their grid, and all the states of the card on the way. */
export async function fourImages(tour: Tour, stop: Stop): Promise<Message> {
  const { ada, channel, watch } = tour;
  const askedMs = watch.nowMs();
  const asked = ada.command(channel, 'imagine', {
    prompt: 'a lighthouse at dusk, stormy sea',
    aspect: '3:2',
    count: imageCount,
    seed: 7,
  });
  await asked.answered(patience);
  const answeredMs = Math.round(watch.nowMs() - askedMs);
  const card = await finishedCard(tour, asked);
  const [grid, ...originals] = shownAttachments(card).map(({ bytes }) => bytes);
  if (grid) await stop.save('discord-imagine-grid', grid);
  const saved = [];
  for (const [index, bytes] of originals.entries()) {
    saved.push(await stop.save(`discord-imagine-${index + 1}`, bytes));
  }

  // Discord's own patience for a first answer is 3 s.
  stop.check(`a first answer within 3 s (${answeredMs} ms)`, answeredMs < 3000);
  const running = watch.of(discordKey(card)).filter(({ state }) => state === 'running');
  const steps = new Set(running.map(({ percent }) => percent)).size;
  stop.check(`progress seen at least twice (${steps} times)`, steps >= 2);
  stop.check(
    'a preview while it ran',
    running.some(({ pictures }) => pictures > 0),
  );
  stop.check('the grid and four originals', originals.length === imageCount);
  stop.check(
    'four different pictures',
    new Set(originals.map((bytes) => bytes.toString('base64'))).size === imageCount,
  );
  stop.check(
    'each 3:2',
    saved.every(({ width, height }) => Math.abs(width / height - 1.5) < 0.02),
  );
  const labels = buttonsOf(card).map(({ label, emoji }) => label ?? emoji);
  const wanted = ['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4', 'Delete'];
  stop.check(
    `the buttons ${wanted.join(' ')}`,
    wanted.every((label) => labels.includes(label)),
  );
  return card;
}

/** The button makes a new card, with the image at twice its size. */
export async function upscaled(tour: Tour, card: Message, stop: Stop): Promise<void> {
  const larger = await finishedCard(tour, tour.ada.press(card, 'U1'));
  const [original, result] = [shownAttachments(card)[1], shownAttachments(larger)[0]];
  if (!original || !result) throw new Error('there is nothing to compare');
  const { width, height } = await stop.save('discord-upscaled', result.bytes);
  stop.check(
    `twice the size of the first (${original.width}×${original.height})`,
    width === 2 * (original.width ?? 0) && height === 2 * (original.height ?? 0),
  );
  const { difference } = await compare(original.bytes, result.bytes);
  stop.check('and the same picture', difference < 0.03);
  stop.check('on a card of its own', larger.id !== card.id);
}

/** A cancel while it runs ends the run, and the card says so. */
export async function cancelled({ ada, channel, watch }: Tour, stop: Stop): Promise<void> {
  const asked = ada.command(channel, 'imagine', {
    prompt: 'a neon city at night in the rain',
    count: imageCount,
  });
  const card = await asked.message(patience);
  await watch.until(discordKey(card), ['running']);
  const pressedMs = watch.nowMs();
  ada.press(card, 'Cancel');
  const { state, atMs } = await watch.until(discordKey(card), ['cancelled', 'done', 'failed']);
  const tookS = ((atMs - pressedMs) / 1000).toFixed(1);
  stop.check(`the card says cancelled (after ${tookS} s)`, state === 'cancelled');
  stop.check('and shows no images', shownAttachments(card).length === 0);
}

/** Counts at once, for all who wait. */
export async function concurrencyChanged({ dana, channel }: Tour, stop: Stop): Promise<void> {
  const set = dana.command(channel, 'admin concurrency set', { value: 4 });
  stop.check('the answer says so', /^sketch: 4 · /m.test(await answerTo(set)));
  const get = dana.command(channel, 'admin concurrency get');
  stop.check('and so does the next question', /^sketch: 4 · /m.test(await answerTo(get)));
}

/** What cannot be drawn is told to the asker alone, and makes nothing. */
export async function refusedAspect({ ada, dana, channel }: Tour, stop: Stop): Promise<void> {
  const before = dana.messages(channel).length;
  const asked = ada.command(channel, 'imagine', { prompt: 'a fox in the snow', aspect: '0:1' });
  const answer = await asked.message(patience);
  stop.check('the answer says what is wrong and what is right', /0:1.*16:9/s.test(textOf(answer)));
  stop.check('only Ada sees it', answer.ephemeralFor === ada.id);
  stop.check('nobody else saw anything', dana.messages(channel).length === before);
}

/** @throws Error for a card that ends without images */
async function finishedCard({ watch }: Tour, asked: InteractionHandle): Promise<Message> {
  const card = await asked.message(patience);
  const end = await watch.until(discordKey(card), ['done', 'failed', 'cancelled']);
  if (end.state !== 'done') throw new Error(`the card ended as ${end.state}: ${end.status}`);
  return card;
}

async function answerTo(asked: InteractionHandle): Promise<string> {
  return textOf(await asked.message(patience));
}
