/** What the operating system or the HTTP library said of a call that came to nothing. */
export interface NetworkFailure {
  /** E.g. `ECONNRESET`; undefined where neither gave one. */
  readonly code: string | undefined;
  /** No connection stood, so that nothing was sent: another instance may be tried at once. */
  readonly isUnreached: boolean;
}

/** Looks through an error's causes, as `fetch` nests them. */
export function networkFailureOf(error: unknown): NetworkFailure {
  const { code, syscall } = systemErrorIn(error);
  const isUnreached =
    code !== undefined &&
    (neverConnected.has(code) ||
      (code === 'ETIMEDOUT' && syscall === 'connect') ||
      /CERT|ALTNAME|^ERR_(TLS|SSL)/.test(code));
  return { code, isUnreached };
}

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function systemErrorIn(error: unknown): { readonly code?: string; readonly syscall?: string } {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') {
      const syscall = 'syscall' in each ? String(each.syscall) : '';
      return { code: each.code, syscall };
    }
    if (each instanceof AggregateError && each.errors.length > 0) {
      return systemErrorIn(each.errors[0]);
    }
  }
  return {};
}
