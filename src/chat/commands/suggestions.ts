import { applyTemplate, type Engine } from '../../engine/index.js';
import { nearest } from '../nearest.js';
import type { SuggestionKind } from './option-registry.js';

/** What a platform offers while somebody types an option. */
export interface Suggestion {
  /** As people read it, at most 100 characters. */
  readonly name: string;
  /** What the option gets, at most 100 characters. */
  readonly value: string;
}

export interface SuggestionSource {
  readonly engine: Pick<Engine, 'presets' | 'models' | 'backends'>;
  readonly scopeId: string;
  /** As far as it is typed. */
  readonly typed: string;
}

type Suggest = (source: SuggestionSource) => Promise<readonly Suggestion[]>;

/** Discord's limits (application commands, autocomplete); Telegram offers none. */
const maxSuggestions = 25;
const maxCharacters = 100;

const suggestPresets: Suggest = async ({ engine, scopeId, typed }) => {
  const presets = await engine.presets.list(scopeId);
  const matching = fitting(
    typed,
    presets.map(({ name }) => name),
  );
  return matching.flatMap((value) => {
    const preset = presets.find(({ name }) => name === value);
    return preset ? [{ name: cut(`${value} · ${applyTemplate(preset.prompt, '…')}`), value }] : [];
  });
};

/** The last of several names with commas between them. */
const suggestModels: Suggest = async ({ engine, typed }) => {
  const models = await engine.models();
  const [, before = '', last = ''] = /^(.*[,，]\s*)?(.*)$/s.exec(typed) ?? [];
  const names = fitting(
    last,
    models.map(({ name }) => name),
  );
  return names
    .map((name) => `${before}${name}`)
    .filter((value) => value.length <= maxCharacters)
    .map((value) => ({ name: value, value }));
};

const suggestBackends: Suggest = async ({ engine, typed }) => {
  const backends = await engine.backends.list();
  const names = fitting(
    typed,
    backends.map(({ name }) => name),
  );
  return names.map((value) => ({ name: value, value }));
};

export const suggest = {
  backends: suggestBackends,
  presets: suggestPresets,
  models: suggestModels,
} satisfies Record<SuggestionKind, Suggest>;

/** What begins with the words first, then what has them anywhere, then what is spelt alike. */
function fitting(typed: string, names: readonly string[]): string[] {
  const wanted = typed.trim().toLowerCase();
  const ranks = [
    names.filter((name) => name.toLowerCase().startsWith(wanted)),
    names.filter((name) => name.toLowerCase().includes(wanted)),
    nearest(wanted, names),
  ];
  return [...new Set(ranks.flat())].slice(0, maxSuggestions);
}

function cut(text: string): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1)}…` : text;
}
