import { z } from 'zod';
import { historyPage } from '../history-panel.js';
import { defineCommand } from './command.js';
import { optionRegistry } from './option-registry.js';

const filter = z
  .string('option-wrong')
  .trim()
  .optional()
  .register(optionRegistry, { description: 'option-filter', isPrompt: true });

export const history = defineCommand({
  path: ['history'],
  description: 'command-history',
  permission: 'everyone',
  options: z.object({ filter }),
  run: (context, options) =>
    historyPage(context, { page: 1, filter: options.filter ?? '', replaces: false }),
});
