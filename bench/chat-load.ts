import type { Traffic } from './rows/budgets.js';

/** One command, as the person who sent it saw it. Milliseconds since the epoch. */
export interface Sample {
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly shownAt: number;
}

export interface LoadOptions {
  /** People who each wait for their image before they ask again. */
  readonly inFlight: number;
  /** Commands in all. */
  readonly tasks: number;
}

/** People on one platform. */
export interface Crowd {
  readonly apiUrl: string;
  readonly token: string;
  /** Sends a command as the n-th person. Resolves once its image stands in the chat. */
  ask(person: number): Promise<Sample>;
  /** Sends a command as the n-th person, and waits for nothing. */
  send(person: number): Promise<void>;
  /** What the bot sent since the last time. */
  traffic(): Traffic;
  close(): Promise<void>;
}

export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** A closed loop: each person asks again as soon as the last image is there. */
export async function runLoad(
  crowd: Pick<Crowd, 'ask'>,
  { inFlight, tasks }: LoadOptions,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let left = tasks;
  const loop = async (person: number): Promise<void> => {
    while (left > 0) {
      left -= 1;
      samples.push(await crowd.ask(person));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, person) => loop(person)));
  return samples;
}

/** Far more than any command takes; only a defect waits for it. */
const patienceMs = 60_000;

export interface Watch {
  answered(): void;
  shown(): void;
  readonly done: Promise<Sample>;
}

/** What is to be seen of one command, from now on. */
export function watchCommand(what: string): Watch {
  const sentAt = nowMs();
  let answeredAt: number | undefined;
  let settle: (sample: Sample) => void = () => {};
  const done = new Promise<Sample>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${what}: no image within ${patienceMs} ms`)),
      patienceMs,
    );
    settle = (sample) => {
      clearTimeout(timer);
      resolve(sample);
    };
  });
  return {
    done,
    answered() {
      answeredAt ??= nowMs();
    },
    shown() {
      const shownAt = nowMs();
      settle({ sentAt, answeredAt: answeredAt ?? shownAt, shownAt });
    },
  };
}
