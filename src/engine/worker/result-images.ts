import type { BackendResult } from '../backends/backend.js';
import type { TaskRequest } from '../batches/batch.js';
import { createId } from '../ids.js';
import { lengthOf } from '../images/file-pieces.js';
import type { NewImage } from '../images/image.repository.js';
import type { ImageStore } from '../images/image-store.js';
import { inspectImage, resultImageLimits } from '../images/inspection.js';
import { type ImageMetadata, textsOf, writeTexts } from '../images/metadata/image-metadata.js';

/** Whether images keep in their files how they were made. What backends wrote goes either way. */
export type ImageMetadataPolicy = 'keep' | 'strip';

export interface ResultImagesOptions {
  readonly store: ImageStore;
  readonly metadata: ImageMetadataPolicy;
}

/** Checks what a backend made, names each image, and puts it into the store. @throws ImageError */
export function storeResultImages(
  result: BackendResult,
  request: TaskRequest,
  { store, metadata }: ResultImagesOptions,
): Promise<NewImage[]> {
  return Promise.all(
    result.images.map(async ({ bytes, seed }, index) => {
      const { mediaType, width, height } = await inspectImage(bytes, resultImageLimits);
      const id = createId();
      const made = { image: id, width, height, ...(seed !== undefined && { seed }) };
      const texts = metadata === 'keep' ? textsOf(describe(made, result, request)) : undefined;
      const file = writeTexts({ bytes, mediaType, width, height }, texts);
      return {
        id,
        index,
        storageKey: await store.put(file, mediaType),
        mediaType,
        width,
        height,
        byteLength: lengthOf(file),
        seed: seed ?? null,
        parameters: result.parameters ?? null,
        workflowHash: result.workflowHash ?? null,
      };
    }),
  );
}

function describe(
  made: Pick<ImageMetadata, 'image' | 'width' | 'height' | 'seed'>,
  result: BackendResult,
  request: TaskRequest,
): ImageMetadata {
  const { operation, prompt, negative, aspect, strength, preset } = request;
  return {
    ...made,
    operation,
    prompt,
    ...(negative && { negative }),
    model: result.model,
    ...(aspect && { aspect }),
    ...(strength !== undefined && { strength }),
    ...(preset && { preset: { name: preset.name, version: preset.version } }),
    ...(result.workflowHash && { workflow: result.workflowHash }),
    ...(result.parameters && { parameters: result.parameters }),
  };
}
