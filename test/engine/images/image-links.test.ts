import { expect, it } from 'vitest';
import { createImageLinks } from '../../../src/engine/images/image-links.js';

const start = new Date('2026-01-01T00:00:00Z');
const day = 24 * 60 * 60_000;

function open(secret = 'a secret of some length', now = () => start) {
  return createImageLinks({ publicUrl: 'https://example.org/easel', secret, now });
}

const pathOf = (link: string) => new URL(link).pathname;

it('names the image that it was made for', () => {
  const link = open().linkTo('abc123');
  expect(link).toMatch(/^https:\/\/example\.org\/easel\/images\/abc123\/[0-9a-z]+\/[0-9a-f]{64}$/);
  expect(open().imageOf(pathOf(link))).toBe('abc123');
});

it('ends after a week', () => {
  const path = pathOf(open().linkTo('abc123'));
  const at = (days: number) => open(undefined, () => new Date(start.getTime() + days * day));
  expect(at(6.9).imageOf(path)).toBe('abc123');
  expect(at(7.1).imageOf(path)).toBeUndefined();
});

it('opens nothing with another image, expiry, signature or secret', () => {
  const [, prefix, id, expiry, signature] =
    /^(.*\/images\/)(\w+)\/(\w+)\/(\w+)$/.exec(pathOf(open().linkTo('abc123'))) ?? [];
  const links = open();
  expect(links.imageOf(`${prefix}${id}/${expiry}/${signature}`)).toBe('abc123');
  for (const path of [
    `${prefix}abc124/${expiry}/${signature}`,
    `${prefix}${id}/${expiry}0/${signature}`,
    `${prefix}${id}/${expiry}/${'0'.repeat(64)}`,
    `${prefix}${id}/${expiry}/${signature?.slice(1)}`,
    `${prefix}${id}/${expiry}`,
    `${prefix}../../etc/passwd/${expiry}/${signature}`,
    `${prefix}%2e%2e/${expiry}/${signature}`,
  ]) {
    expect(links.imageOf(path), path).toBeUndefined();
  }
  expect(open('another secret of length').imageOf(`${prefix}${id}/${expiry}/${signature}`)).toBe(
    undefined,
  );
});
