export interface ServerAddress {
  /** Without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `fetch` takes no `user:password@` in an address: they become the header that they stand for. */
export function readServerAddress(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): ServerAddress {
  const url = new URL(address);
  const { username, password } = url;
  if (username === '' && password === '') return { url: address, headers };
  url.username = '';
  url.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return { url: url.href, headers: { authorization, ...headers } };
}

/** Joins without dropping the path that a proxy may put the server under. */
export function addressOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}
