/** One request as the playground saw it. */
export interface LedgerEntry {
  method: string;
  /** The route's template, such as `/channels/{channel_id}/messages`; the path where none fits. */
  route: string;
  path: string;
  /** Undefined where the connection ended without an answer. */
  status: number | undefined;
  /** When it arrived, in the playground's milliseconds. */
  at: number;
  contentType: string | undefined;
  requestBody: unknown;
  responseBody: unknown;
  fileNames: string[];
}

export interface LedgerQuery {
  method?: string;
  route?: string | RegExp;
  status?: number;
}

export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  add(entry: LedgerEntry): void;
  find(query: LedgerQuery): LedgerEntry[];
  count(query: LedgerQuery): number;
}

export function createLedger(): Ledger {
  const entries: LedgerEntry[] = [];
  const find = (query: LedgerQuery) => entries.filter((entry) => matches(entry, query));
  return {
    entries,
    add: (entry) => {
      entries.push(entry);
    },
    find,
    count: (query) => find(query).length,
  };
}

function matches(entry: LedgerEntry, query: LedgerQuery): boolean {
  if (query.method !== undefined && query.method !== entry.method) return false;
  if (query.status !== undefined && query.status !== entry.status) return false;
  if (query.route === undefined) return true;
  return typeof query.route === 'string'
    ? query.route === entry.route
    : query.route.test(entry.route);
}
