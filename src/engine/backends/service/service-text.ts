/** For the log: one line of what a service said. */
export function excerpt(text: string | undefined, length = 200): string {
  const line = (text ?? '').replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/**
 * A shorter one is what people write where a server of their own wants any key. It hides nothing,
 * and stands in words and numbers: without it, an answer would be another, or none at all.
 */
const leastSecret = 6;

/** The same text, whoever said it, without what lets us in. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let rest = text;
  for (const secret of secrets) {
    if (secret.length >= leastSecret) rest = rest.replaceAll(secret, '[secret]');
  }
  return rest;
}

/** A file's or a model's name for users: as it is, however long, without markup and mentions. */
export function plainName(name: string, length = 120): string {
  return name
    .replace(/\p{Cc}|[`*<>@#]/gu, '')
    .slice(0, length)
    .trim();
}

/** For users: one short line without addresses, absolute paths, keys, markup or mentions. */
export function plain(text: string, length = 120): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line
    .replace(/\b[a-z]+:\/\/\S+/gi, '…')
    .replace(/(^|[\s'"(])(\/|[A-Za-z]:\\|\\\\)[^\s'")]+/g, '$1…')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '…')
    .replace(/\b(?=\w*\d)[\w-]{24,}\b/g, '…')
    .replace(/[`*<>@#]/g, '')
    .slice(0, length)
    .trim();
}
