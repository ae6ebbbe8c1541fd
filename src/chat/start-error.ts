/** A part that could not begin its work. `message` is one line, fit for an operator's terminal. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** False: waiting does not help (a wrong token), the process ends with exit code 1. */
  readonly retryable: boolean;
  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}
