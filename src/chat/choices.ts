/** A prompt with `{red|blue}` in it, read. */
interface Sequence {
  readonly parts: readonly (string | { readonly choices: readonly Sequence[] })[];
}

/** How many prompts the choices in braces make. Braces without `|` are text. */
export function countChoices(prompt: string): number {
  return countOf(parse(prompt));
}

/** One prompt for each choice, in the order of reading. `\{`, `\|` and `\}` are plain characters. */
export function expandChoices(prompt: string): string[] {
  return expand(parse(prompt)).map((text) => text.replace(/ {2,}/g, ' ').trim());
}

function countOf({ parts }: Sequence): number {
  return parts.reduce((product, part) => {
    if (typeof part === 'string') return product;
    return product * part.choices.reduce((sum, choice) => sum + countOf(choice), 0);
  }, 1);
}

function expand({ parts }: Sequence): string[] {
  let texts = [''];
  for (const part of parts) {
    const endings = typeof part === 'string' ? [part] : part.choices.flatMap(expand);
    texts = texts.flatMap((text) => endings.map((ending) => text + ending));
  }
  return texts;
}

function parse(prompt: string): Sequence {
  const parts: Sequence['parts'][number][] = [];
  let text = '';
  for (let index = 0; index < prompt.length; index++) {
    const character = prompt.charAt(index);
    if (isEscape(prompt, index)) {
      text += prompt.charAt(index + 1);
      index += 1;
      continue;
    }
    const end = character === '{' ? closingBrace(prompt, index) : -1;
    const choices = end === -1 ? [] : splitAtBars(prompt.slice(index + 1, end));
    if (choices.length > 1) {
      parts.push(text, { choices: choices.map(parse) });
      text = '';
      index = end;
    } else {
      text += character;
    }
  }
  return { parts: [...parts, text] };
}

function isEscape(text: string, index: number): boolean {
  return text.charAt(index) === '\\' && /[{|}]/.test(text.charAt(index + 1));
}

/** -1 where the brace is never closed. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (isEscape(text, index)) index += 1;
    else if (text.charAt(index) === '{') depth += 1;
    else if (text.charAt(index) === '}') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

/** Only at bars of this level, not at those of inner braces. */
function splitAtBars(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (isEscape(text, index)) index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === '|' && depth === 0) {
      pieces.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...pieces, text.slice(start)];
}
