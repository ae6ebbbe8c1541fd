import { globalScope, type Preset } from '../../engine/index.js';
import { quoted } from '../refusal.js';
import type { LocalizedTexts } from '../texts.js';

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

/** Messages end somewhere: what does not fit is counted, and no line is cut in its middle. */
const maxCharacters = 3500;

export function presetLines(presets: readonly Preset[], texts: LocalizedTexts): string[] {
  const lines: string[] = [];
  let length = 0;
  for (const preset of presets) {
    const line = presetLine(preset, texts);
    length += line.length + 1;
    if (length > maxCharacters) {
      return [...lines, texts.text('presets-more', { count: presets.length - lines.length })];
    }
    lines.push(line);
  }
  return lines;
}
