import type { TaskRequest } from '../batches/batch.js';
import type { BackendCapabilities } from './backend.js';

/** Where what runs is not quite what was asked for: the card tells it. */
export type RequestNote =
  | { readonly kind: 'aspect-rounded'; readonly asked: string; readonly used: string }
  | { readonly kind: 'count-lowered'; readonly asked: number; readonly used: number }
  | { readonly kind: 'negative-ignored' | 'seed-ignored' | 'strength-ignored' }
  /** Its backends were away or exhausted; those of another pool have it. */
  | { readonly kind: 'moved'; readonly from: string; readonly to: string };

export interface AdaptedRequest {
  readonly request: TaskRequest;
  readonly notes: readonly RequestNote[];
}

/** The nearest thing to a request that backends of these capabilities can do. */
export function adaptRequest(
  asked: TaskRequest,
  capabilities: BackendCapabilities,
): AdaptedRequest {
  const { aspect, seed, negative, strength, ...rest } = asked;
  const notes: RequestNote[] = [];
  const take = <T>(value: T | undefined, can: boolean, note: RequestNote): T | undefined => {
    if (value === undefined || value === '' || can) return value;
    notes.push(note);
    return undefined;
  };
  const kept = {
    aspect: aspect && nearestAspect(aspect, capabilities.aspects),
    seed: take(seed, capabilities.seed, { kind: 'seed-ignored' }),
    negative: take(negative, capabilities.negative, { kind: 'negative-ignored' }),
    strength: take(strength, capabilities.strength, { kind: 'strength-ignored' }),
  };
  if (aspect && kept.aspect && ratioOf(aspect) !== ratioOf(kept.aspect)) {
    notes.push({ kind: 'aspect-rounded', asked: aspect, used: kept.aspect });
  }
  const count = Math.min(asked.count, capabilities.maxCount);
  if (count < asked.count) notes.push({ kind: 'count-lowered', asked: asked.count, used: count });
  return { request: { ...rest, ...withoutUndefined(kept), count }, notes };
}

/** By ratio, so that 3:2 is as far from 2:2 as from 9:4. */
function nearestAspect(asked: string, possible: BackendCapabilities['aspects']): string {
  if (possible === 'any' || possible.includes(asked)) return asked;
  const far = (aspect: string) => Math.abs(Math.log(ratioOf(aspect) / ratioOf(asked)));
  return possible.reduce(
    (best, aspect) => (far(aspect) < far(best) ? aspect : best),
    possible[0] ?? asked,
  );
}

function ratioOf(aspect: string): number {
  const [width = 1, height = 1] = aspect.split(':').map(Number);
  return width / height;
}

function withoutUndefined<T extends object>(
  values: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
