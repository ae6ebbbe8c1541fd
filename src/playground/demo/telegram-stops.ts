import type { Person, StoredMessage, TelegramPlayground } from '../telegram/index.js';
import { compare } from './likeness.js';
import type { Stop } from './report.js';
import { telegramKey } from './sightings.js';
import { apple, lemon, lime, plum, takeSnapshot } from './snapshot.js';
import type { Tour } from './tour.js';

const patience = { timeoutMs: 60_000 };

/** A photo with a caption comes back changed, and still from that photo. */
export async function paintedPhoto(tour: Tour, stop: Stop): Promise<StoredMessage> {
  const { bruno, telegram, watch } = tour;
  const photo = await takeSnapshot(apple);
  await stop.save('telegram-photo-input', photo);
  const caption = 'an oil painting of an apple at sunset --strength 0.5';
  const asked = await bruno.send(bruno.chat, { photo, caption });
  const askedMs = watch.nowMs();
  const card = await finishedCard(tour, bruno, asked);
  const answeredMs = Math.round((watch.of(telegramKey(card))[0]?.atMs ?? Infinity) - askedMs);
  const painted = photoOf(telegram, card);
  const { width, height } = await stop.save('telegram-photo-painted', painted);
  const { difference, correlation } = await compare(photo, painted);
  stop.check(`a first answer within 3 s (${answeredMs} ms)`, answeredMs < 3000);
  stop.check(`changed from the photo (by ${inPercent(difference)})`, difference > 0.03);
  stop.check(`still that photo (${inPercent(correlation)} alike)`, correlation > 0.6);
  stop.check('of the same shape', Math.abs(width / height - 4 / 3) < 0.02);
  return card;
}

/** An album is a batch: one card, one task an image, and the originals as documents. */
export async function album(tour: Tour, stop: Stop): Promise<void> {
  const { chen, telegram, watch } = tour;
  const photos = await Promise.all([lemon, plum, lime].map(takeSnapshot));
  for (const [index, photo] of photos.entries()) {
    await stop.save(`telegram-album-${index + 1}-input`, photo);
  }
  const [first, ...others] = photos.map((photo) => ({ photo }));
  const caption = 'a watercolour in the morning light --strength 0.4';
  const [asked] = await chen.sendAlbum(chen.chat, [{ ...first, caption }, ...others]);
  if (!asked) throw new Error('the album was not sent');
  const card = await finishedCard(tour, chen, asked);
  await stop.save('telegram-album-grid', photoOf(telegram, card));
  const end = watch.of(telegramKey(card)).at(-1)?.status ?? '';
  stop.check('one card that counts three', /3 done.*3 images/.test(end));

  press(chen, card, 'Originals');
  const documents = await telegram.waitFor(() => {
    const sent = botMessagesAfter(tour, card).filter(({ content }) => content.document);
    return sent.length >= photos.length && sent;
  }, patience);
  const results = documents.map(({ content }) => {
    return telegram.fileBytes(content.document?.file_id ?? '');
  });
  for (const [index, bytes] of results.entries()) {
    await stop.save(`telegram-album-${index + 1}-painted`, bytes);
  }
  stop.check('three originals as documents', results.length === photos.length);
  stop.check('each from its own photo', await areInOrder(photos, results));
}

/** Only those whom EASEL_ADMINS names may change it for all. */
export async function refusedAdministration({ bruno, telegram }: Tour, stop: Stop): Promise<void> {
  const asked = await bruno.send(bruno.chat, { text: '/admin concurrency set 1' });
  const answer = await telegram.waitForMessage(bruno.chat, ({ id }) => id > asked.id, patience);
  stop.check('he is told who may', /administrators can/.test(answer.content.text ?? ''));
}

/** `V1` makes another picture from the one on the card. */
export async function varied(tour: Tour, card: StoredMessage, stop: Stop): Promise<void> {
  const { bruno, telegram } = tour;
  press(bruno, card, 'V1');
  const variation = await finishedCard(tour, bruno, card);
  const [before, after] = [photoOf(telegram, card), photoOf(telegram, variation)];
  await stop.save('telegram-varied', after);
  const { difference, correlation } = await compare(before, after);
  stop.check(`another picture (by ${inPercent(difference)})`, difference > 0.01);
  stop.check(`like the first (${inPercent(correlation)} alike)`, correlation > 0.5);
  stop.check('on a card of its own', variation.id !== card.id);
}

/**
 * The card that the bot answers a message with.
 * @throws Error for one that ends without images
 */
async function finishedCard(
  tour: Tour,
  person: Person,
  asked: StoredMessage,
): Promise<StoredMessage> {
  const { telegram, watch } = tour;
  const card = await telegram.waitForMessage(person.chat, ({ id }) => id > asked.id, patience);
  const end = await watch.until(telegramKey(card), ['done', 'failed', 'cancelled']);
  if (end.state !== 'done') throw new Error(`the card ended as ${end.state}: ${end.status}`);
  return card;
}

function botMessagesAfter({ telegram }: Tour, message: StoredMessage): StoredMessage[] {
  return telegram.messages(message.room).filter(({ id, from }) => id > message.id && from.is_bot);
}

function press(person: Person, message: StoredMessage, label: string): void {
  const buttons = message.content.reply_markup?.inline_keyboard.flat() ?? [];
  const button = buttons.find(({ text }) => text === label);
  if (!button || !('callback_data' in button)) {
    const shown = buttons.map(({ text }) => text).join(', ') || 'none';
    throw new Error(`the card has no button ${label}; its buttons: ${shown}`);
  }
  person.press(message, button.callback_data);
}

/** The largest of the sizes that Telegram keeps. */
function photoOf(telegram: TelegramPlayground, { content }: StoredMessage): Buffer {
  const largest = content.photo?.at(-1);
  if (!largest) throw new Error('the card shows no photo');
  return telegram.fileBytes(largest.file_id);
}

/** Whether each result is liker to its own photo than to the others. */
async function areInOrder(
  photos: readonly Uint8Array[],
  results: readonly Uint8Array[],
): Promise<boolean> {
  for (const [index, result] of results.entries()) {
    const likenesses = await Promise.all(photos.map((photo) => compare(photo, result)));
    const own = likenesses[index]?.correlation ?? -1;
    if (likenesses.some(({ correlation }, at) => at !== index && correlation >= own)) return false;
  }
  return true;
}

function inPercent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
