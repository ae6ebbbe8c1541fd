import type { OutputFolder, SavedPicture } from './output-folder.js';
import type { Screen } from './screen.js';

/** One stop of the tour, while it is on. */
export interface Stop {
  /** Says what was to be seen, and whether it was. */
  check(promise: string, isKept: boolean): void;
  /** Keeps a picture under a name that begins with the number of the stop. */
  save(name: string, bytes: Uint8Array): Promise<SavedPicture>;
}

export interface Report {
  /**
   * Makes a stop. What goes wrong there is noted, and the tour goes on.
   * @returns what `work` returns, undefined where it failed
   */
  stop<T>(title: string, request: string, work: (stop: Stop) => Promise<T>): Promise<T | undefined>;
  /** Notes something that went wrong outside of the stops. */
  problem(text: string): void;
  /** All that was missing, oldest first. */
  readonly problems: readonly string[];
  readonly savedCount: number;
}

export interface ReportDependencies {
  readonly screen: Screen;
  readonly folder: Pick<OutputFolder, 'save'>;
  /** Rejects when there is nothing left to see; then the stop is over at once. */
  readonly gone: Promise<never>;
  /** Aborted when nobody wants to hear more. */
  readonly signal: AbortSignal;
}

export function createReport({ screen, folder, gone, signal }: ReportDependencies): Report {
  const problems: string[] = [];
  let stopCount = 0;
  let savedCount = 0;
  let isGone = false;
  gone.catch(() => {
    isGone = true;
  });

  const problem = (text: string) => {
    if (signal.aborted) return;
    problems.push(text);
    screen.broken(text);
  };

  return {
    problems,
    get savedCount() {
      return savedCount;
    },
    problem,
    async stop(title, request, work) {
      if (signal.aborted) return undefined;
      stopCount += 1;
      const prefix = String(stopCount).padStart(2, '0');
      screen.heading(stopCount, title, request);
      const stop: Stop = {
        check(promise, isKept) {
          if (!isKept) problem(`${title}: missing: ${promise}`);
          else if (!signal.aborted) screen.kept(promise);
        },
        async save(name, bytes) {
          const picture = await folder.save(`${prefix}-${name}`, bytes);
          savedCount += 1;
          if (!signal.aborted) screen.saved(picture);
          return picture;
        },
      };
      try {
        return await Promise.race(isGone ? [gone] : [work(stop), gone]);
      } catch (error) {
        problem(`${title}: ${messageOf(error)}`);
        return undefined;
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
