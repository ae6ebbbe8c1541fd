import type pg from 'pg';

/** A text that was sent so often is a part of the program, and not of one question. */
const hotAfter = 10;
/** Each costs the server some kilobytes a connection. */
const mostPrepared = 200;

/** Gives the texts of statements names, once they have turned out to be used again and again. */
export function createStatementNames(): (text: string) => string | undefined {
  const uses = new Map<string, number>();
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostPrepared) return known;
    const times = (uses.get(text) ?? 0) + 1;
    if (times < hotAfter) {
      // Lists of changing length make texts without end.
      if (uses.size >= 10 * mostPrepared) uses.clear();
      uses.set(text, times);
      return undefined;
    }
    uses.delete(text);
    const name = `easel_${names.size}`;
    names.set(text, name);
    return name;
  };
}

/**
 * Has the server parse each statement of this connection once, and plan it not much more often: of
 * a short one that is most of the work. Kysely knows no names, so they are put in here.
 */
export function prepareStatements(
  client: pg.ClientBase,
  nameOf: (text: string) => string | undefined,
): void {
  const ask = client.query as (...args: unknown[]) => unknown;
  const named = (...args: unknown[]): unknown => {
    const [text, values] = args;
    const isPlain = args.length === 2 && typeof text === 'string' && Array.isArray(values);
    const name = isPlain && values.length > 0 ? nameOf(text) : undefined;
    return ask.apply(client, name === undefined ? args : [{ name, text, values }]);
  };
  Object.assign(client, { query: named });
}
