import { z } from 'zod';
import { isReadAlone } from '../audience.js';
import type { CardButton } from '../cards/card-view.js';
import { Refusal, sentence } from '../refusal.js';
import { defineCommand } from './command.js';
import { optionRegistry } from './option-registry.js';

const code = z
  .string('option-wrong')
  .trim()
  .max(40, 'option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-code' });

export const settingsLink = defineCommand({
  path: ['settings', 'link'],
  description: 'command-settings-link',
  permission: 'everyone',
  options: z.object({ code }),
  run: async (context, { code: entered }) => {
    const { engine, user, texts } = context;
    if (entered !== undefined && entered !== '') {
      await engine.accounts.link(user.id, entered);
      return { kind: 'text', text: texts.text('link-done'), private: true };
    }
    // A code that others read is theirs to use.
    if (!isReadAlone(context.request)) throw new Refusal(sentence('link-in-private'));
    const made = await engine.accounts.createLinkCode(user.id);
    const life = texts.duration(made.lifeMs);
    return {
      kind: 'text',
      text: texts.text('link-code', { code: made.code, life }),
      private: true,
    };
  },
});

export const settingsErase = defineCommand({
  path: ['settings', 'erase'],
  description: 'command-settings-erase',
  permission: 'everyone',
  options: z.object({}),
  run: async ({ user, texts }) => {
    const erase: CardButton = {
      label: texts.text('button-erase'),
      action: { kind: 'erase', userId: user.id },
      style: 'danger',
    };
    const panel = { text: texts.text('erase-confirm'), buttons: [[erase]] };
    return { kind: 'panel', panel, private: true };
  },
});
