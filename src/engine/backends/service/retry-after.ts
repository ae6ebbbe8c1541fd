/** Milliseconds that an answer asks to wait (RFC 9110: seconds, or a date); `retry-after-ms` too. */
export function retryAfterMsOf(
  headers: { get(name: string): string | null },
  now: number,
): number | undefined {
  const milliseconds = headers.get('retry-after-ms');
  if (milliseconds !== null && /^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
