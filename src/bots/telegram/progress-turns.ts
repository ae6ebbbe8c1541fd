/** A card that has not asked for this long does not wait for a turn. */
const waitingMs = 4000;
const forgottenMs = 60_000;

/** Who of the running cards of one chat shows its progress next. */
export interface ProgressTurns {
  /** Also notes that this card asks. */
  isNext(cardKey: string, nowMs: number): boolean;
  shown(cardKey: string, nowMs: number): void;
}

/** The one goes first whose progress was shown the longest time ago. */
export function createProgressTurns(): ProgressTurns {
  const cards = new Map<string, { shownAt: number; askedAt: number }>();
  const cardOf = (cardKey: string, nowMs: number) => {
    const known = cards.get(cardKey);
    if (known) return known;
    const fresh = { shownAt: Number.NEGATIVE_INFINITY, askedAt: nowMs };
    cards.set(cardKey, fresh);
    return fresh;
  };

  return {
    isNext(cardKey, nowMs) {
      const own = cardOf(cardKey, nowMs);
      own.askedAt = nowMs;
      let isNext = true;
      for (const [key, { shownAt, askedAt }] of cards) {
        if (nowMs - askedAt > forgottenMs) cards.delete(key);
        if (nowMs - askedAt < waitingMs && shownAt < own.shownAt) isNext = false;
      }
      return isNext;
    },
    shown(cardKey, nowMs) {
      cardOf(cardKey, nowMs).shownAt = nowMs;
    },
  };
}
