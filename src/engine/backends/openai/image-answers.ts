import { z } from 'zod';
import { decodeImageContent } from '../image-content.js';
import { type LibraryCall, uncertain } from '../service/library-errors.js';
import { badImage } from '../service/service-errors.js';

const imagesAnswer = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })),
});

/**
 * The images of an answer of `images/generations` or `images/edits`.
 * @throws BackendError where there is none, or one is broken
 */
export function readImages(call: LibraryCall, answer: unknown, count: number): Uint8Array[] {
  const parsed = imagesAnswer.safeParse(answer);
  if (!parsed.success) throw uncertain(call, 'the answer has no list of images');
  const { data } = parsed.data;
  if (data.length > 0 && data.every((each) => each.b64_json == null && each.url != null)) {
    throw uncertain(
      call,
      'the answer has addresses of images',
      'answers with addresses instead of images; is its flavor set?',
    );
  }
  const images = data
    .slice(0, count)
    .flatMap(({ b64_json: base64 }) => (base64 == null ? [] : [readImage(call, base64)]));
  if (images.length === 0) throw uncertain(call, 'the list of images is empty');
  return images;
}

/** @throws BackendError where it is not one whole PNG, JPEG or WebP */
export function readImage(call: LibraryCall, base64: string): Uint8Array {
  const content = decodeImageContent(base64);
  if (content.problem !== undefined) throw badImage(content.problem, call.service);
  return content.bytes;
}
