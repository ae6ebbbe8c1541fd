/** Of what no setting is about: a prompt's own limit is the engine's. */
const promptMaxCharacters = 4000;
/** A template stands around a prompt of full length. */
const presetPromptMaxCharacters = 1000;
const presetNameMaxCharacters = 32;
const countMax = 4;
const seedMax = 2 ** 32 - 1;
const concurrencyMax = 10;
const referencesMax = 3;

/** What may be asked for. */
export const limits = {
  promptMaxCharacters,
  presetPromptMaxCharacters,
  presetNameMaxCharacters,
  countMax,
  seedMax,
  concurrencyMax,
  /** Tasks that models and choices in braces may make. */
  maxVariants: 20,
  /** Tasks of one batch: images × models × choices. */
  maxTasks: 100,
  /** Images of one task whose look it takes on. */
  referencesMax,
  /** As the texts say them; a seed is not grouped by thousands. */
  inTexts: {
    promptMaxCharacters,
    presetPromptMaxCharacters,
    countMax,
    seedMax: String(seedMax),
    concurrencyMax,
    referencesMax,
  },
} as const;
