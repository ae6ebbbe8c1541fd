import { createHash } from 'node:crypto';
import type { Clock } from './clock.js';
import type { Match, RateLimit } from './router.js';

/** Fifty requests a second for a bot, interaction endpoints aside. */
const globalLimit: RateLimit = { count: 50, withinMs: 1000 };

interface Window {
  endsAt: number;
  used: number;
}

export interface Verdict {
  headers: Record<string, string>;
  /** Where the request is one too many: how long to wait, and whose limit it was. */
  refused: { retryAfterMs: number; scope: 'user' | 'global' } | undefined;
}

export interface RateLimits {
  take(match: Match): Verdict;
}

/** https://discord.com/developers/docs/topics/rate-limits */
export function createRateLimits(clock: Clock, scale: number): RateLimits {
  const windows = new Map<string, Window>();

  function use(key: string, limit: RateLimit): Window {
    const now = clock.now();
    const before = windows.get(key);
    const window =
      before && before.endsAt > now ? before : { endsAt: now + limit.withinMs, used: 0 };
    window.used += 1;
    windows.set(key, window);
    return window;
  }

  return {
    take({ route, params }): Verdict {
      const now = clock.now();
      if (!route.isInteractionEndpoint) {
        const all = use('global', { ...globalLimit, count: globalLimit.count * scale });
        if (all.used > globalLimit.count * scale) {
          const refused = { retryAfterMs: all.endsAt - now, scope: 'global' as const };
          return { headers: { 'X-RateLimit-Global': 'true' }, refused };
        }
      }
      const bucket = hash(`${route.method} ${route.template}`);
      const count = route.limit.count * scale;
      const window = use(`${bucket} ${majorParameters(params)}`, route.limit);
      const resetAfterMs = window.endsAt - now;
      return {
        headers: {
          'X-RateLimit-Limit': String(count),
          'X-RateLimit-Remaining': String(Math.max(0, count - window.used)),
          'X-RateLimit-Reset': (window.endsAt / 1000).toFixed(3),
          'X-RateLimit-Reset-After': (resetAfterMs / 1000).toFixed(3),
          'X-RateLimit-Bucket': bucket,
        },
        refused:
          window.used > count ? { retryAfterMs: resetAfterMs, scope: 'user' as const } : undefined,
      };
    },
  };
}

/** A bucket counts apart for each channel, guild, and webhook with its token. */
function majorParameters(params: Readonly<Record<string, string>>): string {
  const names = ['channel_id', 'guild_id', 'webhook_id', 'webhook_token', 'interaction_id'];
  return names.map((name) => params[name] ?? '').join(' ');
}

function hash(key: string): string {
  return createHash('sha1').update(key).digest('hex').slice(0, 20);
}

type Scope = 'user' | 'global' | 'shared';

export function rateLimitedReply(retryAfterMs: number, scope: Scope) {
  const waitMs = Math.max(1, Math.ceil(retryAfterMs));
  return {
    status: 429,
    headers: retryHeaders(waitMs, scope),
    body: {
      message: 'You are being rate limited.',
      retry_after: waitMs / 1000,
      global: scope === 'global',
      code: 0,
    },
  };
}

export function retryHeaders(retryAfterMs: number, scope: Scope): Record<string, string> {
  return { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)), 'X-RateLimit-Scope': scope };
}
