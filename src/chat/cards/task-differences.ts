import type { BatchView, TaskView } from '../../engine/index.js';

const separator = ' · ';
/** More lines than this nobody compares; the images have labels of their own. */
const maxLines = 20;
const maxCharacters = 48;

/** In what a task differs from others of its batch: model and prompt, where they do. */
export function differencesOf(task: TaskView, { tasks }: BatchView): string[] {
  // A task that has not begun may have no model yet, and differs in nothing by that.
  const isMixed = (of: (one: TaskView) => string | null) =>
    new Set(tasks.flatMap((one) => of(one) ?? [])).size > 1;
  return [
    ...(isMixed(({ model }) => model) && task.model !== null ? [task.model] : []),
    ...(isMixed(({ request }) => request.prompt) ? [task.request.prompt] : []),
  ];
}

/** `1 · flux · red`: what was compared, by the numbers of the tasks; of prompts, where they differ. */
export function differenceLines(batch: BatchView): string[] {
  const { tasks } = batch;
  if (tasks.length < 2 || tasks.length > maxLines) return [];
  const common = commonEnds(tasks.map(({ request }) => request.prompt.split(/\s+/)));
  return tasks.flatMap((task, index) => {
    const differences = differencesOf(task, batch).map((difference) =>
      difference === task.request.prompt ? withoutEnds(difference, common) : difference,
    );
    return differences.length === 0 ? [] : [[String(index + 1), ...differences].join(separator)];
  });
}

interface Ends {
  readonly first: number;
  readonly last: number;
}

/** How many words all of them begin and end with. */
function commonEnds(prompts: readonly (readonly string[])[]): Ends {
  const [one = [], ...others] = prompts;
  const shortest = Math.min(...prompts.map(({ length }) => length));
  let first = 0;
  while (first < shortest && others.every((each) => each[first] === one[first])) first += 1;
  let last = 0;
  const isSame = (each: readonly string[]) => each.at(-1 - last) === one.at(-1 - last);
  while (last < shortest - first && others.every(isSame)) last += 1;
  return { first, last };
}

function withoutEnds(prompt: string, { first, last }: Ends): string {
  const words = prompt.split(/\s+/);
  const own = words.slice(first, words.length - last).join(' ');
  const characters = Array.from(own === '' ? prompt : own);
  if (characters.length <= maxCharacters) return characters.join('');
  return `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
