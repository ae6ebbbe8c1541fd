import { globalScope, type Preset } from '../../engine/index.js';
import { quoted } from '../refusal.js';
import type { ReplyPicture } from '../request.js';
import type { LocalizedTexts } from '../texts.js';
import type { CommandContext } from './command.js';
import { fittingLines } from './confidential-text.js';

/** A preset in one line: `anime · own · “{prompt}, …” · 2:3 · ×4`. */
export function presetLine(preset: Preset, texts: LocalizedTexts): string {
  const { name, scopeId, prompt, model, aspect, count, strength } = preset;
  const parts = [
    name,
    ...(scopeId === globalScope ? [] : [texts.text('presets-own')]),
    `“${quoted(prompt)}”`,
    ...(model === undefined ? [] : [model]),
    ...(aspect === undefined ? [] : [aspect]),
    ...(count === undefined ? [] : [`×${count}`]),
    ...(strength === undefined ? [] : [texts.text('presets-strength', { strength })]),
  ];
  return parts.join(' · ');
}

/** Numbered as on their picture, which has the first ones. */
export function presetLines(presets: readonly Preset[], texts: LocalizedTexts): string[] {
  return fittingLines(
    presets.map((preset, index) => `${numberOf(index)}${presetLine(preset, texts)}`),
    texts,
  );
}

/** Names alone, numbered from `first` on. */
export function presetNames(
  presets: readonly Preset[],
  first: number,
  texts: LocalizedTexts,
): string {
  return texts.list(presets.map(({ name }, index) => `${numberOf(first + index)}${name}`));
}

/** Twenty are told apart on a phone. */
const mostPictured = 20;

function numberOf(index: number): string {
  return index < mostPictured ? `${index + 1} · ` : '';
}

/** What each makes of the same picture, to be shown with their lines; none for no presets. */
export async function presetPicture(
  presets: readonly Preset[],
  { engine, texts }: Pick<CommandContext, 'engine' | 'texts'>,
): Promise<{ readonly picture?: ReplyPicture }> {
  const pictured = presets.slice(0, mostPictured);
  if (pictured.length === 0) return {};
  const bytes = await engine.presets.samples(pictured);
  const names = texts.list(pictured.map(({ name }) => name));
  const description = texts.text('presets-picture', { names });
  return { picture: { name: 'presets.jpg', mediaType: 'image/jpeg', bytes, description } };
}
