const names: Readonly<Record<string, string>> = {
  landscape: '3:2',
  portrait: '2:3',
  square: '1:1',
};

/** Longer side to shorter side, at most. */
const maxRatio = 4;
const maxTerm = 10_000;

/** `16:9`, `16x9`, `landscape` → `w:h` in lowest terms; undefined for what is none or too narrow. */
export function parseAspect(text: string): string | undefined {
  const named = names[text.trim().toLowerCase()];
  if (named !== undefined) return named;
  const [, first, second] = /^\s*(\d{1,5})\s*[:：/x×]\s*(\d{1,5})\s*$/i.exec(text) ?? [];
  const width = Number(first);
  const height = Number(second);
  if (!(width >= 1 && height >= 1 && width <= maxTerm && height <= maxTerm)) return undefined;
  if (Math.max(width / height, height / width) > maxRatio) return undefined;
  const divisor = greatestCommonDivisor(width, height);
  return `${width / divisor}:${height / divisor}`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
