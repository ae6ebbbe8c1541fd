import type { ModelInfo, Operation } from '../../engine/index.js';
import { unknownModel } from '../explanation.js';
import { nearest } from '../nearest.js';
import { quoted, type Sentence } from '../refusal.js';
import type { LocalizedTexts } from '../texts.js';

/** What a request asks of a model. */
export interface AbilityWish {
  readonly operation: Operation;
  /** Reference images that came with it. */
  readonly references: number;
}

/**
 * What is wrong with the chosen models, each told with those that can do it. Undefined stands for
 * the default, which may be another where that one can't. With no model known, as when every
 * backend is away, the engine decides.
 */
export function modelProblems(
  chosen: readonly (string | undefined)[],
  wish: AbilityWish,
  known: readonly ModelInfo[],
): Sentence[] {
  if (known.length === 0) return [];
  const able = known.filter((model) => isAble(model, wish));
  const problems = chosen.map((wanted): Sentence | undefined => {
    if (wanted === undefined) {
      const usual = known.find((model) => model.default) ?? known[0];
      return able.length > 0 || !usual ? undefined : inability(usual, wish, able);
    }
    const found = known.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    if (!found) {
      const names = known.map(({ name }) => name);
      return unknownModel(wanted, nearest(wanted, names));
    }
    return able.includes(found) ? undefined : inability(found, wish, able);
  });
  return problems.filter((problem) => problem !== undefined);
}

function isAble(model: ModelInfo, { operation, references }: AbilityWish): boolean {
  return references <= model.references && canDo(model, operation);
}

function canDo(model: ModelInfo, operation: Operation): boolean {
  switch (operation) {
    case 'generate':
      return true;
    case 'edit':
    case 'vary':
      return model.canEdit;
    case 'inpaint':
      return model.canInpaint;
    case 'upscale':
      return model.canUpscale;
  }
}

function inability(model: ModelInfo, wish: AbilityWish, able: readonly ModelInfo[]): Sentence {
  const name = quoted(model.name);
  return (texts) => {
    const others =
      able.length === 0
        ? texts.text('models-able-none')
        : texts.text('models-able', { models: texts.list(able.map((each) => each.name)) });
    return texts.sentences([lacking(name, model, wish, texts), others]);
  };
}

function lacking(
  name: string,
  model: ModelInfo,
  { operation, references }: AbilityWish,
  texts: LocalizedTexts,
): string {
  if (canDo(model, operation)) {
    const max = model.references;
    return max === 0
      ? texts.text('model-without-references', { model: name })
      : texts.text('model-with-fewer-references', { model: name, max, count: references });
  }
  return operation === 'inpaint'
    ? texts.text('model-cannot-inpaint', { model: name })
    : texts.text('model-cannot-edit', { model: name });
}
