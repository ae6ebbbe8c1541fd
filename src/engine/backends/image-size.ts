export interface Size {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** The one of the candidates whose shape is most like the wanted one. */
export function nearestShape<T extends Size>(wanted: Size, candidates: readonly [T, ...T[]]): T {
  const shape = Math.log(wanted.width / wanted.height);
  const distance = ({ width, height }: Size) => Math.abs(Math.log(width / height) - shape);
  return candidates.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** Sides in multiples of `step`, exactly of the aspect where such sides are near, of about `pixels`. */
export function sizeOf(wanted: Size, pixels: number, step: number): Size {
  // `1.85:1` is an aspect, too.
  const aspect = { width: Math.round(wanted.width * 100), height: Math.round(wanted.height * 100) };
  const divisor = greatestCommonDivisor(aspect.width, aspect.height);
  const unit = { width: (aspect.width / divisor) * step, height: (aspect.height / divisor) * step };
  const times = Math.floor(Math.sqrt(pixels / (unit.width * unit.height)));
  if (times >= 3) return { width: unit.width * times, height: unit.height * times };
  const scale = Math.sqrt(pixels / (aspect.width * aspect.height));
  const side = (length: number) => Math.max(step, Math.round((length * scale) / step) * step);
  return { width: side(aspect.width), height: side(aspect.height) };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.max(1, a) : greatestCommonDivisor(b, a % b);
}
