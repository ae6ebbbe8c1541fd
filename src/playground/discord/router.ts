import type { NumberedFiles } from './message-attachments.js';

export interface Call {
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: unknown;
  files: NumberedFiles;
}

export interface Reply {
  status: number;
  body?: unknown;
}

export interface RateLimit {
  count: number;
  withinMs: number;
}

export interface Route {
  method: string;
  /** As the official specification writes it: `/channels/{channel_id}/messages`. */
  template: string;
  /** Interaction endpoints carry their token in the path and are exempt from the global limit. */
  isInteractionEndpoint?: boolean;
  limit: RateLimit;
  handle(call: Call): Reply;
}

export interface Match {
  route: Route;
  params: Readonly<Record<string, string>>;
}

export interface Router {
  /** @returns 'wrong method' where the path is known for other methods only */
  match(method: string, path: string): Match | 'wrong method' | undefined;
}

export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, pattern: patternOf(route.template) }));
  return {
    match(method, path) {
      const fitting = compiled.filter(({ pattern }) => pattern.test(path));
      if (fitting.length === 0) return undefined;
      const found = fitting.find(({ route }) => route.method === method);
      if (!found) return 'wrong method';
      return { route: found.route, params: { ...found.pattern.exec(path)?.groups } };
    },
  };
}

/** Ids are digits, so that `@me` and `@original` find routes of their own. */
function patternOf(template: string): RegExp {
  const source = template.replace(/\{(\w+)\}/g, (_all, name: string) =>
    name.endsWith('_token') ? `(?<${name}>[^/]+)` : `(?<${name}>\\d+)`,
  );
  return new RegExp(`^${source}$`);
}

export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new TypeError(`the route has no parameter ${name}`);
  return value;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const noContent: Reply = { status: 204 };
