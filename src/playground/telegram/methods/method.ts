import type { Parameters } from '../parameters.js';
import type { World } from '../world.js';

export interface MethodCall {
  readonly world: World;
  readonly parameters: Parameters;
  /** Aborted when the client closed its connection. */
  readonly signal: AbortSignal;
}

/** Gives the `result` of a call; throws `ApiError` to refuse it. */
export type Method = (call: MethodCall) => unknown;
export type Methods = Readonly<Record<string, Method>>;
