export interface ServerAddress {
  /** Without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whatever lets us in: blotted out wherever the server says it back to us. */
  readonly secrets: readonly string[];
}

/** `fetch` takes no `user:password@` in an address: they become the header that they stand for. */
export function readServerAddress(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): ServerAddress {
  const url = new URL(address);
  const { username, password } = url;
  const values = Object.values(headers).flatMap((value) => [value, value.split(' ').at(-1) ?? '']);
  if (username === '' && password === '') return { url: address, headers, secrets: values };
  url.username = '';
  url.password = '';
  const plainPassword = decodeURIComponent(password);
  const pair = `${decodeURIComponent(username)}:${plainPassword}`;
  const credentials = Buffer.from(pair).toString('base64');
  return {
    url: url.href,
    headers: { authorization: `Basic ${credentials}`, ...headers },
    secrets: [plainPassword, credentials, ...values],
  };
}

/** Joins without dropping the path that a proxy may put the server under. */
export function addressOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}
