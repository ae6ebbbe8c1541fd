/** Lost or refused connections, and Postgres stopping or starting (SQLSTATE classes 08 and 57P). */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(08|57P|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code) ||
    /terminated|timeout exceeded when trying to connect|Connection (ended|closed)/i.test(
      error.message,
    )
  );
}
