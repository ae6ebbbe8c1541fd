import type { Colour } from './colour.js';
import { createRandom, hashText, pick } from './random.js';
import {
  colourWords,
  type Daylight,
  daylightWords,
  habitats,
  type Place,
  placeWords,
  type Style,
  type Subject,
  styleWords,
  subjectWords,
  type Weather,
  weatherWords,
} from './vocabulary.js';

/** What the built-in artist understood of a prompt. */
export interface PromptReading {
  /** Of the whole prompt: what the words leave open, it decides. */
  readonly hash: number;
  readonly place: Place;
  readonly daylight: Daylight;
  readonly weather: readonly Weather[];
  /** In the order of the prompt, at most two. */
  readonly subjects: readonly Subject[];
  readonly colours: readonly Colour[];
  /** Undefined where the prompt names none. */
  readonly style: Style | undefined;
  /** Whether the prompt has the word, and the negative prompt has not. */
  readonly mentions: (word: string) => boolean;
  /** Whether the negative prompt has the word. */
  readonly forbids: (word: string) => boolean;
}

export function readPrompt(prompt: string, negative = ''): PromptReading {
  const wanted = vocabularyOf(prompt);
  const unwanted = vocabularyOf(negative);
  const has = (word: string) => wanted.position(word) >= 0 && unwanted.position(word) < 0;
  const found = <T extends string>(words: Readonly<Record<T, string>>): T[] => {
    const positions = (Object.keys(words) as T[]).map((name) => {
      const places = words[name].split(' ').filter(has).map(wanted.position);
      return { name, at: Math.min(...places) };
    });
    return positions
      .filter(({ at }) => Number.isFinite(at))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => name);
  };

  const normal = prompt.toLowerCase().replace(/\s+/g, ' ').trim();
  const hash = hashText(`${normal}|${negative.toLowerCase().trim()}`);
  const random = createRandom(hash);
  const subjects = found(subjectWords).filter((each) => !unwanted.matches(subjectWords[each]));
  const places = (Object.keys(placeWords) as Place[]).filter((each) =>
    placeWords[each].split(' ').some(has),
  );
  const weather = found(weatherWords).filter((each) => !unwanted.matches(weatherWords[each]));
  const anyPlace = pick<Place>(random, ['hills', 'mountains', 'sea', 'meadow', 'forest', 'desert']);
  const anyDaylight = pick<Daylight>(random, ['dawn', 'day', 'sunset', 'dusk', 'day']);
  const [subject] = subjects;
  const habitat = subject && habitats[subject];
  return {
    hash,
    place: places[0] ?? habitat ?? (random() < 0.25 ? 'abstract' : anyPlace),
    daylight: found(daylightWords)[0] ?? anyDaylight,
    weather,
    subjects: subjects.slice(0, 2),
    colours: Object.keys(colourWords)
      .filter(has)
      .sort((a, b) => wanted.position(a) - wanted.position(b))
      .flatMap((word) => colourWords[word] ?? []),
    style: found(styleWords)[0],
    mentions: has,
    forbids: (word) => unwanted.position(word) >= 0,
  };
}

function vocabularyOf(text: string) {
  const lower = text.toLowerCase();
  const positions = new Map<string, number>();
  for (const match of lower.matchAll(/[a-z]+/g)) {
    for (const form of formsOf(match[0])) {
      if (!positions.has(form)) positions.set(form, match.index);
    }
  }
  /** Where the word stands, -1 where it does not. Chinese has no spaces to part words by. */
  const position = (word: string): number =>
    /^[a-z]/.test(word) ? (positions.get(word) ?? -1) : lower.indexOf(word);
  return {
    position,
    matches: (words: string) => words.split(' ').some((word) => position(word) >= 0),
  };
}

/** The word itself and what it may be the plural of. */
function formsOf(word: string): string[] {
  const forms = [word];
  if (word.length > 3 && word.endsWith('s')) forms.push(word.slice(0, -1));
  if (word.length > 4 && word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  if (word === 'wolves') forms.push('wolf');
  return forms;
}
