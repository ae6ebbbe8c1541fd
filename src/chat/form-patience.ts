import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that the record has to say what stands in a form: Discord waits for it 3 s at most. */
const formPatienceMs = 1200;

/** Undefined where it takes longer than a form has time. */
export async function soon<T>(work: Promise<T>): Promise<T | undefined> {
  return Promise.race([work, sleep(formPatienceMs, undefined, { ref: false })]);
}
