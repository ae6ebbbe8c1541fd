import { createRequire } from 'node:module';

/** What Easel knows of a provider package of the AI SDK. */
export interface ProviderTraits {
  readonly package: string;
  /** Major version that goes with the AI SDK's version 6. */
  readonly major: number;
  /** The function that the package exports to make a provider. */
  readonly factory: string;
  /** What the package calls its key; absent where it has credentials of its own in the environment. */
  readonly keySetting?: 'apiKey' | 'apiToken';
  readonly shape: 'aspect' | 'size';
  readonly seed: boolean;
  /** Whether its models take an image to start from, as bytes. */
  readonly edit: boolean;
  /** Whether they take a mask that is white where the image may change. */
  readonly mask?: boolean;
}

const common = { keySetting: 'apiKey', shape: 'aspect', seed: true, edit: true } as const;

/** Packages that may be loaded: a name from the settings is looked up here, and never imported. */
export const providers = {
  replicate: {
    ...common,
    package: '@ai-sdk/replicate',
    major: 2,
    factory: 'createReplicate',
    keySetting: 'apiToken',
    mask: true,
  },
  fal: { ...common, package: '@ai-sdk/fal', major: 2, factory: 'createFal', mask: true },
  'black-forest-labs': {
    ...common,
    package: '@ai-sdk/black-forest-labs',
    major: 1,
    factory: 'createBlackForestLabs',
  },
  // Its reference images are addresses.
  luma: {
    ...common,
    package: '@ai-sdk/luma',
    major: 2,
    factory: 'createLuma',
    seed: false,
    edit: false,
  },
  xai: { ...common, package: '@ai-sdk/xai', major: 3, factory: 'createXai', seed: false },
  togetherai: {
    ...common,
    package: '@ai-sdk/togetherai',
    major: 2,
    factory: 'createTogetherAI',
    shape: 'size',
  },
  fireworks: { ...common, package: '@ai-sdk/fireworks', major: 2, factory: 'createFireworks' },
  deepinfra: { ...common, package: '@ai-sdk/deepinfra', major: 2, factory: 'createDeepInfra' },
  prodia: {
    ...common,
    package: '@ai-sdk/prodia',
    major: 1,
    factory: 'createProdia',
    shape: 'size',
    edit: false,
  },
  'amazon-bedrock': {
    ...common,
    package: '@ai-sdk/amazon-bedrock',
    major: 4,
    factory: 'createAmazonBedrock',
    shape: 'size',
  },
  'google-vertex': {
    ...common,
    package: '@ai-sdk/google-vertex',
    major: 4,
    factory: 'createVertex',
    edit: false,
  },
  azure: {
    ...common,
    package: '@ai-sdk/azure',
    major: 3,
    factory: 'createAzure',
    shape: 'size',
    seed: false,
    edit: false,
  },
  'openai-compatible': {
    ...common,
    package: '@ai-sdk/openai-compatible',
    major: 2,
    factory: 'createOpenAICompatible',
    shape: 'size',
    seed: false,
  },
} as const satisfies Readonly<Record<string, ProviderTraits>>;

export type ProviderName = keyof typeof providers;
export const providerNames = Object.keys(providers) as [ProviderName, ...ProviderName[]];

/** How to get a provider's package, where it is not there; undefined where it is. */
export function installationHint(provider: ProviderName): string | undefined {
  const { package: name, major } = providers[provider];
  try {
    createRequire(import.meta.url).resolve(name);
    return undefined;
  } catch {
    return `npm install --ignore-scripts ${name}@${major}`;
  }
}
