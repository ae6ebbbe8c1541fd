/** What a person sees a bot's message do. `message` is any that is no card. */
export type CardState =
  | 'thinking'
  | 'queued'
  | 'running'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'message';

export interface CardReading {
  readonly state: CardState;
  /** 0 to 100, where the card shows it. */
  readonly percent: number | undefined;
  /** The lines under the prompt without the word for the state; of other messages, all lines. */
  readonly status: string;
}

/** Reads a message as a person does: the prompt stands in its first line, what became of it below. */
export function readCard(lines: readonly string[]): CardReading {
  const [, ...below] = lines;
  const state = stateOf(below);
  const percent = /[▰▱] (\d+)%/.exec(below.join('\n'))?.[1];
  return {
    state,
    percent: percent === undefined ? undefined : Number(percent),
    status: (state === 'message' ? lines : below)
      .map((line) => (line.split(' · ', 1)[0] === state ? line.slice(state.length + 3) : line))
      .filter((line) => line !== '')
      .join('   '),
  };
}

/** A card that could not do everything says both what it made and what failed: it is done. */
function stateOf(below: readonly string[]): CardState {
  const says = (pattern: RegExp) => below.some((line) => pattern.test(line));
  if (says(/[▰▱]/)) return 'running';
  if (says(/^\d+ images? · /)) return 'done';
  if (says(/^⚠️ /)) return 'failed';
  if (says(/^cancelled$/)) return 'cancelled';
  if (says(/^queued\b/)) return 'queued';
  return 'message';
}
