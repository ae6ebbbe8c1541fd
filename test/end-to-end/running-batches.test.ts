import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import type { Person } from '../../src/playground/telegram/index.js';
import { refusedGraph } from '../support/comfyui-faults.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramPress,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
let admin: Person;
beforeAll(async () => {
  comfyUi = await startComfyUiServer({ shrink: 8 });
  const configuration = `backends: [{ name: box, type: comfyui, url: '${comfyUi.url}', slots: 4 }]`;
  studio = await openStudio({ configuration });
  admin = studio.telegram.createUser({ firstName: 'Root' });
  await studio.start({ EASEL_ADMINS: `telegram:${admin.user.id}` });
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

const submissions = () => comfyUi.calls.filter(({ path }) => path === '/prompt').length;
const patiently = { timeout: patienceMs };
/** Two of three choices come to nothing, whichever they are. */
const refuseTwo = () => {
  for (let refused = 0; refused < 2; refused += 1) {
    comfyUi.fail('POST /prompt', refusedGraph);
  }
};

async function administer(words: string, answer: string): Promise<void> {
  await admin.send(admin.chat, { text: `/admin ${words}` });
  await vi.waitFor(
    () => expect(telegramSaid(studio, admin.chat).map(telegramWords).join()).toContain(answer),
    patiently,
  );
}

describe('the failed tasks of a batch', () => {
  it('run again, and they alone, on Discord', async () => {
    const { channel, people } = openDiscordRoom(studio);
    refuseTwo();
    people[0]?.command(channel, 'imagine', { prompt: '{red|blue|green} fox' });
    const card = await discordCardWith(channel, 'Retry failed (2)', '1 done · 2 failed');
    const before = submissions();
    people[0]?.press(card, 'Retry failed (2)');
    expect((await discordCardWith(channel, 'Zip', '3 done')).id).toBe(card.id);
    expect(submissions() - before).toBe(2);
    expect(shownAttachments(card)).toHaveLength(3);
  });

  it('run again, and they alone, on Telegram, and each image is posted once', async () => {
    const ann = studio.telegram.createUser();
    refuseTwo();
    await ann.send(ann.chat, { text: '{red|blue|green} fox' });
    const card = await telegramCardWith(studio, ann.chat, 'Retry failed (2)', '1 done · 2 failed');
    const before = submissions();
    telegramPress(ann, card, 'Retry failed (2)');
    expect(await telegramCardWith(studio, ann.chat, 'Zip', '3 done')).toBe(card);
    expect(submissions() - before).toBe(2);
    const posted = () =>
      telegramSaid(studio, ann.chat)
        .filter((message) => message !== card && message.content.photo !== undefined)
        .map((message) => telegramWords(message));
    await vi.waitFor(() => expect(posted()).toHaveLength(3), patiently);
    expect(new Set(posted()).size).toBe(3);
  });
});

it('runs as many at once as an administrator says, also in the middle of a batch', async () => {
  await administer('concurrency set 1', 'comfyui: 1 ·');
  comfyUi.execution.hold();
  const ann = studio.telegram.createUser();
  const before = submissions();
  await ann.send(ann.chat, { text: '{red|blue|green|grey} wolf' });
  await vi.waitFor(() => expect(submissions() - before).toBe(1), patiently);
  await administer('concurrency set 3', 'comfyui: 3 ·');
  await vi.waitFor(() => expect(submissions() - before).toBe(3), patiently);
  comfyUi.execution.release();
  await telegramCardWith(studio, ann.chat, 'Zip', '4 done');
});

it('speaks Chinese to who reads Chinese, on both platforms', async () => {
  const lin = studio.telegram.createUser({ firstName: '林', languageCode: 'zh-hans' });
  await lin.send(lin.chat, { text: '一只狐狸' });
  expect(telegramWords(await telegramCardWith(studio, lin.chat, '删除'))).toContain('1 张图片');

  const { guild, channel } = openDiscordRoom(studio);
  const mei = studio.discord.driver.createPerson({ name: 'mei', locale: 'zh-CN' });
  guild.addMember(mei);
  mei.command(channel, 'imagine', { prompt: '一只狐狸' });
  expect(textOf(await discordCardWith(channel, '删除'))).toContain('1 张图片');
});
