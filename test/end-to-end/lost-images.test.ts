import { afterAll, beforeAll, expect, it } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { refusedGraph } from '../support/comfyui-faults.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramButtons,
  telegramCardWith,
  telegramPress,
  telegramSaid,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
beforeAll(async () => {
  comfyUi = await startComfyUiServer();
  studio = await openStudio();
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

/** The next submission is refused for good. */
const refuseNext = () => comfyUi.fail('POST /prompt', refusedGraph);

/** As retention does it. */
const loseImages = async () => {
  await studio.query('update images set removed_at = now()');
  await studio.query('update cards set version = version + 1, due_at = now()');
};

it('shows what a retry makes once, beside pictures that are stored no more, whenever it is killed', async () => {
  const settings = { COMFYUI_URL: comfyUi.url };
  let easel = await studio.start(settings);
  const { channel, people } = openDiscordRoom(studio);
  const ann = studio.telegram.createUser();
  refuseNext();
  people[0]?.command(channel, 'imagine', { prompt: 'a {red|blue} fox' });
  await discordCardWith(channel, 'Retry failed (1)');
  refuseNext();
  await ann.send(ann.chat, { text: 'a {red|blue} fox' });
  await telegramCardWith(studio, ann.chat, 'Retry failed (1)');
  await loseImages();
  const onDiscord = await discordCardWith(channel, 'Retry failed (1)', 'no longer stored');
  const onTelegram = await telegramCardWith(
    studio,
    ann.chat,
    'Retry failed (1)',
    'no longer stored',
  );
  const kept = shownAttachments(onDiscord).map(({ filename }) => filename);
  expect(kept).toHaveLength(1);

  // From here on, each process dies when it has shown a card, before it has put that on record.
  const crash = { ...settings, EASEL_FAILPOINT: 'card-sent' };
  await easel.end();
  easel = await studio.start(crash);
  people[0]?.press(onDiscord, 'Retry failed (1)');
  telegramPress(ann, onTelegram, 'Retry failed (1)');
  for (let death = 1; death <= 4; death += 1) {
    await easel.exited;
    expect(easel.child.signalCode).toBe('SIGKILL');
    if (death < 4) easel = studio.spawn({ ...studio.environment, ...crash });
  }
  await studio.start(settings);

  await discordCardWith(channel, '🔄', '2 done');
  await telegramCardWith(studio, ann.chat, '🔄', '2 done');
  const photos = () => telegramSaid(studio, ann.chat).filter(({ content }) => content.photo);
  await studio.telegram.waitFor(() => photos().length === 2, { timeoutMs: patienceMs });
  const pending = 'select batch_id from cards where rendered_version < version';
  await expect.poll(() => studio.query(pending), { timeout: patienceMs }).toEqual([]);

  const [card, ...others] = channel.messages();
  expect(others).toEqual([]);
  const shown = card ? shownAttachments(card).map(({ filename }) => filename) : [];
  expect(new Set(shown).size).toBe(2);
  expect(shown).toHaveLength(2);
  expect(shown).toContain(kept[0]);
  expect(textOf(card ?? onDiscord)).toContain('others are no longer stored');
  expect(card && discordButtons(card)).not.toContain('Retry failed (1)');
  expect(photos()).toHaveLength(2);
  expect(telegramSaid(studio, ann.chat).flatMap(telegramButtons)).not.toContain('Send again');
});
