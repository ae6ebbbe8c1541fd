/**
 * Words of users among Easel's own stand between two isolates of Unicode's (FSI and PDI): whatever
 * their direction, they change none around them, and a bot can tell which words must do nothing in
 * its chat. https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
 */
const begin = '\u2068';
const end = '\u2069';
const marked = new RegExp(`${begin}([^${end}]*)${end}`, 'g');
const controls = /[\u202a-\u202e\u2066-\u2069]/g;

/** Marks words that somebody typed, or named themselves by. They bring no marks of their own. */
export function userWords(words: string): string {
  return words === '' ? '' : `${begin}${words.replace(controls, '')}${end}`;
}

/** The text without marks, each user's words as `read` has them. */
export function readUserWords(
  text: string,
  read: (words: string) => string = (words) => words,
): string {
  return text.replace(marked, (_, words: string) => read(words));
}
