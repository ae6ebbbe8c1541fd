import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FluentResource } from '@fluent/bundle';
import { describe, expect, it } from 'vitest';
import { createTexts, locales, readLocaleFile } from '../../src/chat/texts.js';

const texts = createTexts();

/** Every key of a locale with the variables that its text names. */
function variablesByKey(locale: (typeof locales)[number]): Map<string, string[]> {
  const source = readLocaleFile(locale);
  const keys = new FluentResource(source).body.map(({ id }) => id);
  const entries = source.split(/^(?=[a-z][\w-]* =)/m);
  return new Map(
    keys.map((key) => {
      const entry = entries.find((candidate) => candidate.startsWith(`${key} =`)) ?? '';
      const variables = [...entry.matchAll(/\$(\w+)/g)].map(([, name]) => name ?? '');
      return [key, [...new Set(variables)].sort()];
    }),
  );
}

function sourcesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
}

describe('locale files', () => {
  const english = variablesByKey('en');
  const sources = sourcesUnder('src/chat') + sourcesUnder('src/bots');

  it('were read at all', () => {
    expect(english.size).toBeGreaterThan(100);
  });

  it.each(locales)('have the same keys with the same variables: %s', (locale) => {
    expect(Object.fromEntries(variablesByKey(locale))).toEqual(Object.fromEntries(english));
  });

  it.each(locales)('name no key twice: %s', (locale) => {
    const keys = new FluentResource(readLocaleFile(locale)).body.map(({ id }) => id);
    expect(keys).toEqual([...new Set(keys)]);
  });

  it('hold no text that nobody says', () => {
    const unused = [...english.keys()].filter((key) => !sources.includes(`'${key}'`));
    expect(unused).toEqual([]);
  });

  it('hold every text that somebody says', () => {
    const said = sources.matchAll(/\b(?:text|sentence|say)\(\s*(?:[\w.]+,\s*)?'([a-z0-9-]+)'/g);
    const missing = [...said].map(([, key]) => key ?? '').filter((key) => !english.has(key));
    expect(missing).toEqual([]);
  });

  it('hold what is said of every option that does not fit', () => {
    const said = sources.matchAll(/'((?:[a-z]+-)+(?:wrong|empty|missing|too-long))'/g);
    const missing = [...said].map(([, key]) => key ?? '').filter((key) => !english.has(key));
    expect(missing).toEqual([]);
  });
});

describe('texts', () => {
  it.each([
    ['en-US', 'en'],
    ['de', 'en'],
    ['', 'en'],
    ['zh-CN', 'zh-CN'],
    ['zh-hans', 'zh-CN'],
    ['zh', 'zh-CN'],
    ['ZH-TW', 'zh-CN'],
    ['zha', 'en'],
  ])('speak to %j in %s', (tag, locale) => {
    expect(texts.inLocale(tag).locale).toBe(locale);
  });

  it('throw for a key that does not exist instead of showing it', () => {
    expect(() => texts.inLocale('en').text('no-such-key')).toThrow('no-such-key');
  });

  it('throw for a variable that is missing', () => {
    expect(() => texts.inLocale('en').text('card-seed')).toThrow('seed');
  });

  it.each([
    [400, '0 s', '0 秒'],
    [12_300, '12 s', '12 秒'],
    [180_000, '3 min', '3 分钟'],
    [192_000, '3 min 12 s', '3 分 12 秒'],
    [3_900_000, '1 h 5 min', '1 小时 5 分'],
  ])('write a duration of %d ms', (milliseconds, english, chinese) => {
    expect(texts.inLocale('en').duration(milliseconds)).toBe(english);
    expect(texts.inLocale('zh-CN').duration(milliseconds)).toBe(chinese);
  });

  it('write measured durations exactly and estimated ones roughly', () => {
    const { exactDuration, roughDuration } = texts.inLocale('en');
    expect(exactDuration(25_310)).toBe('25.3 s');
    expect(exactDuration(59_990)).toBe('1 min');
    expect(exactDuration(61_000)).toBe('1 min 1 s');
    expect(roughDuration(3_200)).toBe('4 s');
    expect(roughDuration(41_000)).toBe('40 s');
    expect(roughDuration(58_000)).toBe('1 min');
    expect(roughDuration(200_000)).toBe('3 min');
  });

  it('write times so that everybody in a chat reads the same, with the day when it is another', () => {
    const { time } = texts.inLocale('en');
    const at = new Date('2026-11-20T14:05:00Z');
    expect(time(at, new Date('2026-11-20T01:00:00Z'))).toBe('14:05 UTC');
    expect(time(at, new Date('2026-11-19T23:00:00Z'))).toContain('20');
  });

  it('put a space between sentences but after a Chinese stop', () => {
    const { sentences } = texts.inLocale('en');
    expect(sentences(['It said “no.”', 'Try again'])).toBe('It said “no.” Try again.');
    expect(texts.inLocale('zh-CN').sentences(['它说“不行。”', '请重试。'])).toBe(
      '它说“不行。”请重试。',
    );
  });

  it('count in English', () => {
    expect(texts.inLocale('en').text('card-images', { count: 1 })).toBe('1 image');
    expect(texts.inLocale('en').text('card-images', { count: 4 })).toBe('4 images');
  });

  it('keep within the length that menus take', () => {
    for (const locale of locales) {
      for (const key of variablesByKey(locale).keys()) {
        if (!/^(command-(?!unknown|incomplete)|group-|option-(?!wrong))/.test(key)) continue;
        expect(texts.inLocale(locale).text(key).length, `${locale} ${key}`).toBeLessThanOrEqual(
          100,
        );
      }
    }
  });
});
