import type { ProviderName } from './providers.js';

export interface AiSdkOptions {
  /** The instance's name, unique among the backends. */
  readonly name: string;
  readonly provider: ProviderName;
  /** The model's id at the provider. */
  readonly model: string;
  /** Where absent, the provider's package looks into its own environment variable. */
  readonly apiKey?: string | undefined;
  /** In place of the provider's own address. */
  readonly url?: string | undefined;
  /** Calls at the same time: several images are several calls, where each has a seed. */
  readonly parallelCalls?: number | undefined;
  /** Bytes of one answer, at most. */
  readonly maxAnswerBytes?: number | undefined;
}
