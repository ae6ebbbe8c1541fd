import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buttonsOf,
  type Message,
  shownAttachments,
  textOf,
} from '../../src/playground/discord/index.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';

let studio: Studio;
let easel: EaselProcess;
beforeEach(async () => {
  studio = await openStudio();
  easel = await studio.start();
});
afterEach(() => studio.close());

const labels = (message: Message) => buttonsOf(message).map(({ label, emoji }) => label ?? emoji);

describe('Easel on Discord', () => {
  it('turns /imagine into four images and their grid, by way of a live card', async () => {
    const guild = studio.discord.driver.createGuild({ name: 'Studio' });
    const channel = guild.createChannel({ name: 'art' });
    const ann = studio.discord.driver.createPerson({ name: 'ann' });
    guild.addMember(ann);

    const asked = ann.command(channel, 'imagine', {
      prompt: 'a lighthouse at dusk',
      count: 4,
      aspect: '16:9',
      seed: 7,
    });
    expect(await asked.answered()).toBe(5);
    const done = await channel.waitFor((message) => labels(message).includes('U1'), {
      timeoutMs: 60_000,
    });

    expect(shownAttachments(done)).toHaveLength(5);
    expect(textOf(done)).toContain('a lighthouse at dusk');
    expect(textOf(done)).toMatch(/4 images · .*s · .*ketch.* · seed 7/);
    expect(labels(done)).toEqual(
      expect.arrayContaining(['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4', 'Delete']),
    );
    expect(channel.messages()).toHaveLength(1);
    const states = done.versions.map((version) => textOf(version));
    expect(states.some((text) => text.includes('▰') || text.includes('%'))).toBe(true);
    await easel.end();
  });
});
