import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { refusedGraph } from '../support/comfyui-faults.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramButtons,
  telegramCardWith,
  telegramPress,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
let easel: EaselProcess;
beforeAll(async () => {
  comfyUi = await startComfyUiServer();
  studio = await openStudio();
  easel = await studio.start({ COMFYUI_URL: comfyUi.url });
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

/** The next submission is refused for good. */
const refuseNext = () => comfyUi.fail('POST /prompt', refusedGraph);

describe('buttons on Discord', () => {
  it('enlarge, vary and repeat on cards of their own, also after a restart', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [ann] = people;
    ann?.command(channel, 'imagine', { prompt: 'a fox', count: 2, seed: 5 });
    const card = await discordCardWith(channel, 'U2');
    const size = shownAttachments(card).at(-1);

    const pressed = async (button: string) => {
      const answer = await ann?.press(card, button).message({ timeoutMs: patienceMs });
      if (!answer) throw new Error('no answer');
      expect(answer.id).not.toBe(card.id);
      await channel.waitFor((message) => message === answer && hasEnded(discordButtons(message)), {
        timeoutMs: patienceMs,
      });
      return answer;
    };
    const enlarged = shownAttachments(await pressed('U2')).at(-1);
    expect(enlarged?.width).toBe((size?.width ?? 0) * 2);

    await easel.end();
    easel = await studio.start({ COMFYUI_URL: comfyUi.url });
    expect(discordButtons(await pressed('V1'))).toContain('U2');
    const again = await pressed('🔄');
    expect(textOf(again)).toContain('a fox');
    expect(textOf(again)).not.toContain('seed 5');
    expect(channel.messages()).toHaveLength(4);
  });

  it('run a failed batch again, and take a card away', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [ann] = people;
    refuseNext();
    ann?.command(channel, 'imagine', { prompt: 'a fox' });
    const card = await discordCardWith(channel, 'Retry');
    expect(textOf(card)).toContain('⚠️');
    ann?.press(card, 'Retry');
    expect((await discordCardWith(channel, 'U1')).id).toBe(card.id);
    ann?.press(card, 'Delete');
    await expect.poll(() => channel.messages(), { timeout: patienceMs }).toEqual([]);
  });

  it('refuse everybody but their owner, for that one’s eyes only', async () => {
    const { channel, people } = openDiscordRoom(studio, 'ann', 'bob');
    const [ann, bob] = people;
    ann?.command(channel, 'imagine', { prompt: 'a fox' });
    const card = await discordCardWith(channel, 'U1');
    const batches = await studio.batchCount();
    for (const button of ['U1', 'V1', '🔄', 'Delete']) {
      const answer = await bob?.press(card, button).message();
      expect(answer?.ephemeralFor).toBe(bob?.id);
      expect(textOf(answer as NonNullable<typeof answer>)).toContain('somebody else');
    }
    comfyUi.execution.hold();
    ann?.command(channel, 'imagine', { prompt: 'a wolf' });
    await comfyUi.began();
    const answer = await bob?.press(await discordCardWith(channel, 'Cancel'), 'Cancel').message();
    expect(answer?.ephemeralFor).toBe(bob?.id);
    comfyUi.execution.release();
    await discordCardWith(channel, 'U1', 'a wolf');
    expect(await studio.batchCount()).toBe(batches + 1);
    expect(channel.messages()).toHaveLength(2);
  });
});

describe('buttons on Telegram', () => {
  it('enlarge, vary and repeat on cards of their own, also after a restart', async () => {
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: 'a fox --n 2 --seed 5' });
    const card = await telegramCardWith(studio, ann.chat, 'U2');

    const pressed = async (button: string) => {
      const known = new Set(telegramSaid(studio, ann.chat));
      const press = telegramPress(ann, card, button);
      const answer = await studio.telegram.waitForMessage(
        ann.chat,
        (message) =>
          !known.has(message) &&
          hasEnded(telegramButtons(message)) &&
          message.content.photo !== undefined,
        { timeoutMs: patienceMs },
      );
      await studio.telegram.waitFor(() => press.answer);
      expect(answer.replyTo?.id).toBe(card.id);
      return answer;
    };
    expect((await pressed('U1')).content.photo?.at(-1)?.width).toBe(1024);
    await easel.end();
    easel = await studio.start({ COMFYUI_URL: comfyUi.url });
    expect(telegramButtons(await pressed('V2'))).toContain('U2');
    expect(telegramWords(await pressed('🔄'))).not.toContain('seed 5');
    expect(telegramSaid(studio, ann.chat)).toHaveLength(4);
  });

  it('run a failed batch again, and take a card away', async () => {
    const ann = studio.telegram.createUser();
    refuseNext();
    await ann.send(ann.chat, { text: 'a fox' });
    const card = await telegramCardWith(studio, ann.chat, 'Retry');
    expect(telegramWords(card)).toContain('⚠️');
    telegramPress(ann, card, 'Retry');
    expect((await telegramCardWith(studio, ann.chat, 'U1')).id).toBe(card.id);
    telegramPress(ann, card, 'Delete');
    await studio.telegram.waitFor(() => card.deletedAtMs);
    expect(telegramSaid(studio, ann.chat)).toEqual([]);
  });

  it('refuse everybody but their owner, in a window of that one’s own', async () => {
    const [ann, bob] = [studio.telegram.createUser(), studio.telegram.createUser()];
    const group = studio.telegram.createGroup({
      owner: studio.telegram.createUser(),
      members: [ann, bob],
    });
    await ann.send(group, { text: '/imagine a fox' });
    const card = await telegramCardWith(studio, group, 'U1');
    const batches = await studio.batchCount();
    for (const button of ['U1', 'V1', '🔄', 'Delete']) {
      const press = telegramPress(bob, card, button);
      const answer = await studio.telegram.waitFor(() => press.answer);
      expect(answer).toMatchObject({ showAlert: true });
      expect(answer.text).toContain('somebody else');
    }
    expect(await studio.batchCount()).toBe(batches);
    expect(telegramSaid(studio, group)).toHaveLength(1);
  });
});

/** Finished cards can be deleted. */
function hasEnded(labels: readonly string[]): boolean {
  return labels.includes('Delete');
}
