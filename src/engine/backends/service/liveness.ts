/** Whether a service that must not be asked every few seconds is there. */
export interface Liveness {
  /** The service gave an answer just now, of whatever kind. */
  answered(): void;
  /** A call found it away: the next check asks. */
  missed(): void;
  /** @throws what the probe throws */
  check(signal?: AbortSignal): Promise<void>;
}

export interface LivenessOptions {
  /** Resolves when the service answers at all; costs nothing. */
  readonly probe: (signal?: AbortSignal) => Promise<void>;
  /** Milliseconds for which an answer is believed. */
  readonly trustMs: number;
  readonly clock: { now(): number };
}

export function createLiveness({ probe, trustMs, clock }: LivenessOptions): Liveness {
  let answeredAt = Number.NEGATIVE_INFINITY;
  return {
    answered() {
      answeredAt = clock.now();
    },
    missed() {
      answeredAt = Number.NEGATIVE_INFINITY;
    },
    async check(signal) {
      if (clock.now() - answeredAt < trustMs) return;
      await probe(signal);
      answeredAt = clock.now();
    },
  };
}
