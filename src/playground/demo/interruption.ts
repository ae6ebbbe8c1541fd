/** As shells count them: 128 and the signal's number. */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type StopSignal = keyof typeof signalExitCodes;

/** npm passes on the SIGINT of a Ctrl-C that has reached us from the terminal already. */
const onePressMs = 500;

export interface Interruption {
  /** Resolves with the first signal that asks us to end. */
  readonly requested: Promise<StopSignal>;
  /** Aborted by the same signal, for what is to fall silent at once. */
  readonly signal: AbortSignal;
}

/** `onImpatience` is called for every Ctrl-C after the first. */
export function listenForInterruption(onImpatience: () => void): Interruption {
  const controller = new AbortController();
  let firstAt = Number.POSITIVE_INFINITY;
  const requested = new Promise<StopSignal>((resolve) => {
    for (const name of Object.keys(signalExitCodes) as StopSignal[]) {
      process.on(name, () => {
        const isFirst = !controller.signal.aborted;
        if (isFirst) firstAt = performance.now();
        else if (name === 'SIGINT' && performance.now() - firstAt > onePressMs) onImpatience();
        controller.abort();
        resolve(name);
      });
    }
  });
  return { requested, signal: controller.signal };
}
