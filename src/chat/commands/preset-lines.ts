import { globalScope, type Preset } from '../../engine/index.js';
import { quoted } from '../refusal.js';
import type { LocalizedTexts } from '../texts.js';
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

export function presetLines(presets: readonly Preset[], texts: LocalizedTexts): string[] {
  return fittingLines(
    presets.map((preset) => presetLine(preset, texts)),
    texts,
  );
}
