import { z } from 'zod';
import { defineCommand } from './command.js';
import { presetLines, presetPicture } from './preset-lines.js';

export const presets = defineCommand({
  path: ['presets'],
  description: 'command-presets',
  permission: 'everyone',
  options: z.object({}),
  run: async (context) => {
    const { engine, request, texts } = context;
    const known = await engine.presets.list(request.scopeId);
    const text =
      known.length === 0
        ? texts.text('presets-none')
        : [texts.text('presets-title'), ...presetLines(known, texts)].join('\n');
    return { kind: 'text', text, private: true, ...(await presetPicture(known, context)) };
  },
});
