import type { ApiResponse } from 'grammy/types';
import type { FaultKind } from './faults.js';
import type { RequestContent } from './request-body.js';

/** A request and what became of it. */
export interface Exchange {
  readonly method: string;
  readonly encoding: RequestContent['encoding'];
  /** As they were sent: from a form all values are text. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Uploads by the name of their form part. */
  readonly files: Readonly<Record<string, { readonly name: string; readonly bytes: number }>>;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** HTTP status; absent where the client got no answer. */
  readonly status: number | undefined;
  readonly answer: ApiResponse<unknown> | undefined;
  readonly fault: FaultKind | undefined;
}

export interface Ledger {
  readonly exchanges: readonly Exchange[];
  /** Those of one method, oldest first. */
  of(method: string): Exchange[];
}

export function createLedger(): Ledger & { record(exchange: Exchange): void } {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    of: (method) => exchanges.filter((exchange) => exchange.method === method),
    record(exchange) {
      exchanges.push(exchange);
    },
  };
}
