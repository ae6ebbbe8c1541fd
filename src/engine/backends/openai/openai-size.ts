import type { BackendRequest } from '../backend.js';
import { nearestShape, type Size, sizeOf } from '../image-size.js';

const standardSizes: readonly [Size, ...Size[]] = [
  { width: 1024, height: 1024 },
  { width: 1536, height: 1024 },
  { width: 1024, height: 1536 },
];

/** The shapes of models that take no other. */
export const standardAspects = ['1:1', '3:2', '2:3'] as const;

/** gpt-image-2 takes any sides in multiples of 16 with a shape from 1:3 to 3:1, later ones too. */
function takesAnySize(model: string): boolean {
  return /^gpt-image-([2-9]|\d{2})/.test(model);
}

const mostStretched = 3;

/**
 * The `size` of a request on OpenAI's own models, by the reference of `images/generations`.
 * @see https://platform.openai.com/docs/api-reference/images/create
 */
export function openAiSize(model: string, { aspect, image }: BackendRequest): Size {
  const wanted = aspect ?? image ?? { width: 1, height: 1 };
  const standard = nearestShape(wanted, standardSizes);
  const isStandard = standard.width * wanted.height === standard.height * wanted.width;
  if (isStandard || !takesAnySize(model)) return standard;
  return sizeOf(clamped(wanted), 1536 * 1024, 16);
}

function clamped({ width, height }: Size): Size {
  if (width > height * mostStretched) return { width: mostStretched, height: 1 };
  if (height > width * mostStretched) return { width: 1, height: mostStretched };
  return { width, height };
}
