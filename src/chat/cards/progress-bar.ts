const cells = 10;

/** `▰▰▰▰▰▱▱▱▱▱` for a fraction from 0 to 1. Full only when it is done. */
export function progressBar(fraction: number): string {
  const filled = Math.floor(clamped(fraction) * cells);
  return '▰'.repeat(filled) + '▱'.repeat(cells - filled);
}

export function percent(fraction: number): number {
  return Math.floor(clamped(fraction) * 100);
}

function clamped(fraction: number): number {
  return Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
}
