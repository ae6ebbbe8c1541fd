/** What a preset sets. Anything but its prompt may be left out; what a user gives goes first. */
export interface PresetContent {
  /** `{prompt}` stands for the user's prompt, which otherwise goes before it. */
  readonly prompt: string;
  readonly negative?: string;
  /** A model's name, as `engine.models()` lists it. */
  readonly model?: string;
  /** E.g. `16:9`. */
  readonly aspect?: string;
  /** 1 to 4. */
  readonly count?: number;
  /** 0 to 1; only where there is an image to start from. */
  readonly strength?: number;
}

/** One version of a preset. */
export interface Preset extends PresetContent {
  /** In lower case, unique in its scope. */
  readonly name: string;
  /** `global`, or the server or chat that it belongs to. */
  readonly scopeId: string;
  /** From 1; counts on over edits and removals. */
  readonly version: number;
}

/** What a batch keeps of the preset that it ran with. */
export type PresetReference = Pick<Preset, 'name' | 'scopeId' | 'version'>;

/** What an edit changes: null clears, and what is left out stays. */
export type PresetChange = {
  readonly [Key in keyof PresetContent]?: Key extends 'prompt' ? string : PresetContent[Key] | null;
};

const placeholder = '{prompt}';

/** The user's prompt in the preset's words. */
export function applyTemplate(template: string, prompt: string): string {
  if (prompt === '') return withoutPrompt(template);
  if (!template.includes(placeholder)) return `${prompt}, ${template}`;
  // Not `replaceAll` with a string: `$&` in a prompt would be read as a pattern.
  return template.split(placeholder).join(prompt);
}

/** The template's own words; the comma that would part them from a prompt goes too. */
function withoutPrompt(template: string): string {
  return template
    .split(placeholder)
    .map((part) => part.replace(/^[\s,，]+|[\s,，]+$/g, ''))
    .filter((part) => part !== '')
    .join(', ');
}

/** @throws nothing: what the change leaves out stays as it was */
export function changed(content: PresetContent, change: PresetChange): PresetContent {
  const entries = Object.entries({ ...content, ...change });
  const kept = entries.filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as unknown as PresetContent;
}
