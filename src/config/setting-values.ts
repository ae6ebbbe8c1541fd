import { z } from 'zod';

export const httpUrl = z
  .string({ error: 'expected an http:// or https:// address' })
  .refine((value) => /^https?:$/.test(urlProtocol(value) ?? ''), {
    error: 'expected an http:// or https:// address',
  })
  .transform((value) => value.replace(/\/+$/, ''));

export const secret = z
  .string()
  .regex(/^\S+$/, { error: 'expected the secret without spaces or line breaks' });

export const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${min} to ${max}` })
    .int({ error: `expected a whole number from ${min} to ${max}` })
    .min(min, { error: `expected a whole number from ${min} to ${max}` })
    .max(max, { error: `expected a whole number from ${min} to ${max}` });

/** How backends and pools are named. */
export const name = z
  .string({ error: 'expected a name' })
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/i, { error: 'expected letters, digits and dashes' });

export function urlProtocol(value: string): string | undefined {
  return URL.canParse(value) ? new URL(value).protocol : undefined;
}
