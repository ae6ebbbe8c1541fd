import { type APIMessageTopLevelComponent, ComponentType, MessageFlags } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { type CardFile, cardMessage } from '../../../src/bots/discord/card-message.js';
import { decodeButton } from '../../../src/chat/index.js';
import { completed, failed, waiting } from '../../contracts/platform.js';
import { judgeDiscordExchange } from '../../support/discord-specification.js';

const file: CardFile = {
  name: 'easel-a.png',
  bytes: new Uint8Array([1, 2, 3]),
  mediaType: 'image/png',
  description: 'a fox, seed 7',
};

function componentsOf(message: ReturnType<typeof cardMessage>) {
  return message.body.components as APIMessageTopLevelComponent[];
}

function textsOf(message: ReturnType<typeof cardMessage>): string[] {
  return componentsOf(message).flatMap((each) =>
    each.type === ComponentType.TextDisplay ? [each.content] : [],
  );
}

describe('a card as a message of Discord', () => {
  it('shows prompt and owner, and in small print what is going on', () => {
    expect(textsOf(cardMessage(waiting(), []))).toEqual([
      '**a red fox** — <@80351110224678912>\n-# queued · #3 · about 40 s',
    ]);
  });

  it('shows a failure in full size', () => {
    expect(textsOf(cardMessage(failed(), [])).join()).toContain('\n⚠️ The prompt was refused');
  });

  it('pings nobody', () => {
    expect(cardMessage(waiting(), []).body.allowed_mentions).toEqual({ parse: [] });
  });

  it('takes names of files that somebody chose for what they are: text', () => {
    const name = '@everyone <@1> **b** [x](https://evil.example).png';
    const view = { ...waiting(), lines: [`Left out: “${name}” is not an image.`] };
    expect(textsOf(cardMessage(view, []))[0]).toContain(
      '“\\@everyone \\<\\@1\\> \\*\\*b\\*\\* \\[x\\](https\\://evil.example).png”',
    );
  });

  it('shows all files in one gallery between prompt and status', () => {
    const files = [file, { ...file, name: 'easel-b.png', description: '' }];
    const message = cardMessage(completed({ kind: 'results', images: [] }), files);
    const types = componentsOf(message).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual([
      ComponentType.TextDisplay,
      ComponentType.MediaGallery,
      ComponentType.TextDisplay,
    ]);
    expect(componentsOf(message)[1]).toMatchObject({
      items: [
        { media: { url: 'attachment://easel-a.png' }, description: 'a fox, seed 7' },
        { media: { url: 'attachment://easel-b.png' } },
      ],
    });
    expect(message.body.attachments).toEqual([
      { id: '0', filename: 'easel-a.png' },
      { id: '1', filename: 'easel-b.png' },
    ]);
    expect(message.files.map(({ name }) => name)).toEqual(['easel-a.png', 'easel-b.png']);
  });

  it('names no attachment when it has none, so that an edit drops the earlier ones', () => {
    expect(cardMessage(failed(), []).body).toMatchObject({
      attachments: [],
      flags: MessageFlags.IsComponentsV2,
    });
  });

  it('carries buttons that the chat layer understands, without the originals', () => {
    const view = waiting();
    const action = { kind: 'originals', batchId: 'batch1' } as const;
    const message = cardMessage(
      { ...view, buttons: [...view.buttons, [{ label: 'Originals', action, style: 'primary' }]] },
      [],
    );
    const rows = componentsOf(message).filter(({ type }) => type === ComponentType.ActionRow);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ components: [{ label: 'Cancel' }] });
    const [press] = (rows[0] as { components: { custom_id: string }[] }).components;
    expect(decodeButton(press?.custom_id ?? '')).toEqual({ kind: 'cancel', batchId: 'batch1' });
  });

  it('stays within 4000 characters of text, whatever is on it', () => {
    const view = { ...waiting(), prompt: '*'.repeat(5000), lines: Array(50).fill('_'.repeat(300)) };
    const texts = textsOf(cardMessage(view, []));
    expect(texts.join('').length).toBeLessThanOrEqual(4000);
    expect(texts.join('')).toContain('\\*\\*');
  });

  it('shows the owner alone when nothing was typed', () => {
    const [text] = textsOf(cardMessage({ ...waiting(), prompt: '  ' }, []));
    expect(text).toMatch(/^<@80351110224678912>\n/);
  });

  it('conforms to the specification', () => {
    const message = cardMessage(completed({ kind: 'results', images: [] }), [file]);
    const exchange = {
      method: 'PATCH',
      route: '/webhooks/{webhook_id}/{webhook_token}/messages/@original',
      status: 204,
      contentType: 'application/json',
      requestBody: message.body,
      responseBody: undefined,
    };
    expect(judgeDiscordExchange(exchange)).toEqual([]);
  });
});
