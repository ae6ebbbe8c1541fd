import sharp from 'sharp';

export interface Likeness {
  /** Mean difference of the colours: 0 for the same picture, 1 for black against white. */
  readonly difference: number;
  /** How far light and dark fall on the same places: 1 wherever they do, 0 for pure chance. */
  readonly correlation: number;
}

const side = 32;

/** Compares two pictures by small copies of them, so that brush strokes and grain do not count. */
export async function compare(a: Uint8Array, b: Uint8Array): Promise<Likeness> {
  const [first, second] = await Promise.all([smallCopy(a), smallCopy(b)]);
  const differences = first.colours.map((value, at) => Math.abs(value - (second.colours[at] ?? 0)));
  return {
    difference: mean(differences) / 255,
    correlation: correlationOf(first.greys, second.greys),
  };
}

async function smallCopy(bytes: Uint8Array): Promise<{ colours: number[]; greys: number[] }> {
  const small = sharp(bytes).autoOrient().flatten().resize(side, side, { fit: 'fill' });
  const [colours, greys] = await Promise.all([
    small.clone().removeAlpha().toColourspace('srgb').raw().toBuffer(),
    small.clone().greyscale().raw().toBuffer(),
  ]);
  return { colours: [...colours], greys: [...greys] };
}

/** Pearson's; 0 where one of the pictures is of one tone. */
function correlationOf(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (const [at, value] of a.entries()) {
    const [offA, offB] = [value - meanA, (b[at] ?? 0) - meanB];
    product += offA * offB;
    squaresA += offA * offA;
    squaresB += offB * offB;
  }
  return squaresA === 0 || squaresB === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
