import type { BackendCapabilities } from '../backend.js';

/** Who answers at the address. The others speak OpenAI's API with additions of their own. */
export type OpenAiFlavor = 'openai' | 'sdcpp' | 'localai' | 'vllm-omni';

export interface OpenAiOptions {
  /** The instance's name, unique among the backends. */
  readonly name: string;
  /** With its version, e.g. `https://api.openai.com/v1`. */
  readonly url?: string;
  /** Servers at home may need none. */
  readonly apiKey?: string;
  readonly flavor?: OpenAiFlavor;
  /** Those offered, the first by default; otherwise what the service lists. */
  readonly models?: readonly string[];
  readonly quality?: 'low' | 'medium' | 'high' | 'auto';
  /** How strictly OpenAI filters what it generates. */
  readonly moderation?: 'low' | 'auto';
  /** Previews of an image on its way, 0 to 3. Each costs some tokens. */
  readonly partialImages?: number;
  /** Width × height of an image, where the server leaves the choice to us. */
  readonly pixels?: number;
  /** Sampling steps, on servers that take them. */
  readonly steps?: number;
  /** Classifier-free guidance, on servers that take it. */
  readonly guidance?: number;
  /** Leaves in prompts what the server would read as commands. */
  readonly livePromptSyntax?: boolean;
  /** One answer, at most. */
  readonly maxResponseBytes?: number;
  /** Between two looks at a job of stable-diffusion.cpp. */
  readonly pollMs?: number;
}

export const officialUrl = 'https://api.openai.com/v1';
export const defaultMaxResponseBytes = 100 * 1024 * 1024;

const compatible: BackendCapabilities = {
  operations: new Set(['generate', 'edit', 'vary']),
  maxCount: 4,
  aspects: 'any',
  seed: true,
  negative: true,
  strength: false,
  mask: false,
  references: 3,
  preview: false,
  progress: false,
  cancel: 'local',
  resumable: false,
  paid: false,
};

export const capabilitiesOf: Readonly<Record<OpenAiFlavor, BackendCapabilities>> = {
  openai: {
    operations: new Set(['generate', 'edit', 'inpaint', 'vary']),
    maxCount: 4,
    aspects: 'any',
    seed: false,
    negative: false,
    strength: false,
    mask: true,
    references: 3,
    preview: true,
    progress: true,
    // Several images come at once, with nothing before them.
    silenceLimitMs: 180_000,
    cancel: 'local',
    resumable: false,
    paid: true,
  },
  sdcpp: {
    ...compatible,
    operations: new Set(['generate', 'edit', 'inpaint', 'vary']),
    strength: true,
    mask: true,
    cancel: 'exact',
    resumable: true,
  },
  localai: { ...compatible, references: 3 },
  'vllm-omni': compatible,
};
