import type pg from 'pg';

/**
 * Ends a connection of which a query has no answer for so long: a cable is out, or a firewall has
 * forgotten it. TCP itself would notice after many minutes, and a pool soon holds no other kind.
 * Whoever waited gets the error of a lost connection. Above the server's own statement timeout,
 * so that an error of a server that is merely slow arrives before.
 */
export function endWhenSilent(client: pg.ClientBase, patienceMs: number): void {
  const { end } = client as pg.Client;
  const ask = client.query as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]): unknown => {
    const answer = ask.apply(client, args);
    if (!(answer instanceof Promise)) return answer;
    const timer = setTimeout(() => void Reflect.apply(end, client, []), patienceMs);
    const stop = () => clearTimeout(timer);
    answer.then(stop, stop);
    return answer;
  };
  Object.assign(client, { query: watched });
}
