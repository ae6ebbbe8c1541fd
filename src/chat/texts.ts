import { readFileSync } from 'node:fs';
import { FluentBundle, FluentResource } from '@fluent/bundle';

export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];
export type TextVariables = Readonly<Record<string, string | number>>;

/** The texts of one language, with its ways to write numbers, durations and times. */
export interface LocalizedTexts {
  readonly locale: Locale;
  /** @throws Error for a key that is in no locale file, or a variable that is missing */
  text(key: string, variables?: TextVariables): string;
  number(value: number, maximumFractionDigits?: number): string;
  /** `12 s`, `3 min 5 s`, `1 h 10 min`. */
  duration(milliseconds: number): string;
  /** With one decimal under a minute: `25.3 s`. */
  exactDuration(milliseconds: number): string;
  /** Rounded to what an estimate is worth: `40 s`, `3 min`. */
  roughDuration(milliseconds: number): string;
  /** The time of day, which means the same to everybody in a chat: `14:05 UTC`. */
  time(date: Date, now: Date): string;
  /** A day (UTC) given as `YYYY-MM-DD`: `Nov 20`. */
  day(isoDay: string): string;
  /** `20 MB`. */
  megabytes(bytes: number): string;
  list(items: readonly string[]): string;
  /** One after the other; one that has no end of its own, as services write them, gets a full stop. */
  sentences(sentences: readonly string[]): string;
}

export interface Texts {
  /** By a BCP 47 tag as platforms tell it: every Chinese gets zh-CN, all others English. */
  inLocale(tag: string): LocalizedTexts;
}

// The compiler copies no locale files: dist/chat and src/chat both read those of src/chat.
const localesFolder = new URL('../../src/chat/locales/', import.meta.url);

/** The source of one locale's texts. */
export function readLocaleFile(locale: Locale): string {
  return readFileSync(new URL(`${locale}.ftl`, localesFolder), 'utf8');
}

export function createTexts(): Texts {
  const byLocale = {
    en: localizedTexts('en'),
    'zh-CN': localizedTexts('zh-CN'),
  } satisfies Record<Locale, LocalizedTexts>;
  return { inLocale: (tag) => byLocale[localeOf(tag)] };
}

function localeOf(tag: string): Locale {
  return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
}

function localizedTexts(locale: Locale): LocalizedTexts {
  // Isolation marks would stand around every variable, ids and commands too, and be copied along.
  const bundle = new FluentBundle(locale, { useIsolating: false });
  const errors = bundle.addResource(new FluentResource(readLocaleFile(locale)));
  if (errors.length > 0) throw new Error(`${locale}.ftl: ${errors.join('; ')}`);

  const text: LocalizedTexts['text'] = (key, variables) => {
    const message = bundle.getMessage(key);
    if (!message?.value) throw new Error(`${locale}.ftl has no text ${JSON.stringify(key)}`);
    const problems: Error[] = [];
    const formatted = bundle.formatPattern(message.value, variables, problems);
    if (problems.length > 0) throw new Error(`${locale}.ftl, ${key}: ${problems.join('; ')}`);
    return formatted;
  };
  // Each costs far more to make than to use.
  const numberFormats = new Map<number, Intl.NumberFormat>();
  const number: LocalizedTexts['number'] = (value, maximumFractionDigits = 1) => {
    const format =
      numberFormats.get(maximumFractionDigits) ??
      new Intl.NumberFormat(locale, { maximumFractionDigits });
    numberFormats.set(maximumFractionDigits, format);
    return format.format(value);
  };

  const duration: LocalizedTexts['duration'] = (milliseconds) => {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    if (seconds < 60) return text('duration-seconds', { seconds: number(seconds) });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return minutesAndSeconds(minutes, seconds % 60);
    return text('duration-hours-minutes', {
      hours: number(Math.floor(minutes / 60)),
      minutes: number(minutes % 60),
    });
  };
  const minutesAndSeconds = (minutes: number, seconds: number) =>
    seconds === 0
      ? text('duration-minutes', { minutes: number(minutes) })
      : text('duration-minutes-seconds', { minutes: number(minutes), seconds: number(seconds) });

  return {
    locale,
    text,
    number,
    duration,
    exactDuration: (milliseconds) =>
      milliseconds < 59_950
        ? text('duration-seconds', { seconds: number(Math.max(0, milliseconds) / 1000, 1) })
        : duration(milliseconds),
    roughDuration: (milliseconds) => {
      const seconds = Math.max(1, milliseconds / 1000);
      if (seconds < 10) return duration(Math.ceil(seconds) * 1000);
      if (seconds < 57.5) return duration(Math.round(seconds / 5) * 5000);
      return duration(Math.round(seconds / 60) * 60_000);
    },
    time: (date, now) => {
      const isToday = date.toISOString().slice(0, 10) === now.toISOString().slice(0, 10);
      const time = new Intl.DateTimeFormat(locale, {
        timeZone: 'UTC',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        ...(isToday ? {} : { month: 'short', day: 'numeric' }),
      }).format(date);
      return text('time-utc', { time });
    },
    day: (isoDay) =>
      new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', day: 'numeric' }).format(
        new Date(`${isoDay}T00:00:00Z`),
      ),
    megabytes: (bytes) => text('size-megabytes', { size: number(bytes / 1_000_000, 1) }),
    list: (items) => items.join(text('list-separator')),
    sentences: (sentences) =>
      sentences
        .map((one) => (/[.!?…。！？]["'”’)）]?$/.test(one) ? one : one + text('sentence-end')))
        // After a Chinese stop there is no space, nor after what closes behind one.
        .reduce((all, one) => (/(?:[。！？]["”’]?|）)$/.test(all) ? all + one : `${all} ${one}`)),
  };
}
