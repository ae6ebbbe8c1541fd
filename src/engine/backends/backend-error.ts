/** The classes of BACKENDS: what the engine does about a failure depends on nothing else. */
export type BackendErrorKind =
  | 'invalid-request'
  | 'moderated'
  | 'quota'
  | 'rate-limited'
  | 'transient'
  | 'unavailable'
  | 'cancelled';

export interface BackendErrorDetails {
  readonly kind: BackendErrorKind;
  /** Whether the engine may send the task again by itself. */
  readonly retryable: boolean;
  /** `unknown`: the request left and no answer came, on a service that costs money. */
  readonly billed?: 'no' | 'yes' | 'unknown';
  readonly retryAfterMs?: number;
  /**
   * How often the engine may send the task again after failures of this sort, where that is fewer
   * than its own limit. E.g. 1 for a service that ran out of memory.
   */
  readonly maxRetries?: number;
  /**
   * What it is called once no retry is left, where that says more: a run for which the memory was
   * too small again is an `invalid-request`.
   */
  readonly finalKind?: BackendErrorKind;
  /** `unavailable` because of the model that was asked for: the service's others may be well. */
  readonly isOfModel?: boolean;
  /** The service no longer knows the run (it restarted): submit it once more. */
  readonly forgotten?: boolean;
  /**
   * A short English sentence that a user may read: no host, path, key or stack in it. Shown after
   * the localized reason of the kind. E.g. `"sd_xl.safetensors" is not installed`.
   */
  readonly userText?: string;
  /** Told to the operator (a wrong key, a missing model), once and not to each user. */
  readonly operatorText?: string;
  readonly cause?: unknown;
}

/** The only error that a backend throws. `message` is for the log. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly kind: BackendErrorKind;
  readonly retryable: boolean;
  readonly billed: 'no' | 'yes' | 'unknown';
  readonly retryAfterMs: number | undefined;
  readonly maxRetries: number | undefined;
  readonly finalKind: BackendErrorKind;
  readonly isOfModel: boolean;
  readonly forgotten: boolean;
  readonly userText: string | undefined;
  readonly operatorText: string | undefined;

  constructor(message: string, details: BackendErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = details.kind;
    this.retryable = details.retryable;
    this.billed = details.billed ?? 'no';
    this.retryAfterMs = details.retryAfterMs;
    this.maxRetries = details.maxRetries;
    this.finalKind = details.finalKind ?? details.kind;
    this.isOfModel = details.isOfModel ?? false;
    this.forgotten = details.forgotten ?? false;
    this.userText = details.userText;
    this.operatorText = details.operatorText;
  }
}

/** Waiting does not help: an operator has to mend the settings (a wrong key, no model installed). */
export function isMisconfigured({ kind, retryable, billed }: BackendError): boolean {
  return kind === 'unavailable' && !retryable && billed === 'no';
}

/** Of a connection that never stood: nothing can have been submitted over it. */
const unconnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether the service cannot have heard of the call that failed so. */
export function neverArrived(error: BackendError): boolean {
  if (error.kind !== 'unavailable' || error.billed !== 'no') return false;
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if ('code' in each && unconnected.has(String(each.code))) return true;
  }
  return false;
}

/**
 * What `resume` says where a run ends with whoever began it. No handle is ever saved there, so it is
 * not asked; were it, a run that costs something must not be sent again.
 */
export function notResumable(what: string, isPaid: boolean): BackendError {
  return new BackendError(`${what} ends with whoever began it`, {
    kind: 'transient',
    retryable: !isPaid,
    forgotten: true,
    billed: isPaid ? 'unknown' : 'no',
  });
}
