import type { ImageModel } from 'ai';
import { z } from 'zod';
import { misconfigured } from '../service/service-errors.js';
import type { AiSdkOptions } from './ai-sdk-options.js';
import { installationHint, type ProviderTraits, providers } from './providers.js';

type CreatedModel = Exclude<ImageModel, string>;

/**
 * Loads the provider's package, only now that it is asked for, and makes the model.
 * @throws BackendError unavailable where the package is missing or of another kind
 */
export async function loadModel(
  options: AiSdkOptions,
  fetch: typeof globalThis.fetch,
): Promise<CreatedModel> {
  const { provider: name, model, apiKey, url } = options;
  const traits: ProviderTraits = providers[name];
  const hint = installationHint(name);
  if (hint !== undefined) throw misconfigured(`${traits.package} is missing`, `needs: ${hint}`);
  const loaded: unknown = await import(traits.package);
  const factory = z
    .record(z.string(), z.unknown())
    .transform((exports) => exports[traits.factory])
    .pipe(z.custom<(settings: object) => unknown>((value) => typeof value === 'function'))
    .safeParse({ ...(loaded as object) });
  if (!factory.success) {
    const wanted = `${traits.package}@${traits.major}`;
    throw misconfigured(`${traits.package} has no ${traits.factory}`, `needs ${wanted}`);
  }
  const provider = factory.data({
    name,
    fetch,
    ...(apiKey !== undefined && traits.keySetting && { [traits.keySetting]: apiKey }),
    ...(url !== undefined && { baseURL: url }),
  }) as { imageModel(id: string): CreatedModel };
  return provider.imageModel(model);
}
