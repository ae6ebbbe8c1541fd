import { z } from 'zod';
import { defineCommand } from './command.js';

export const models = defineCommand({
  path: ['models'],
  description: 'command-models',
  permission: 'everyone',
  options: z.object({}),
  run: async ({ engine, texts }) => {
    const known = await engine.models();
    if (known.length === 0) {
      return { kind: 'text', text: texts.text('models-none'), private: true };
    }
    const lines = known.map((model) => {
      const marks = [
        ...(model.default ? [texts.text('models-default')] : []),
        ...(model.canEdit ? [texts.text('models-edits')] : []),
        ...(model.canInpaint ? [texts.text('models-inpaints')] : []),
        ...(model.references > 0
          ? [texts.text('models-references', { count: model.references })]
          : []),
      ];
      return texts.text('models-line', {
        name: model.name,
        marks: marks.map((mark) => ` · ${mark}`).join(''),
      });
    });
    const text = [texts.text('models-title'), ...lines].join('\n');
    return { kind: 'text', text, private: true };
  },
});
