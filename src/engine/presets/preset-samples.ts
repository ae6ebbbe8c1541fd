import { drawSample } from '../backends/sketch/sample.js';
import { composeGrid } from '../images/grid.js';
import { withNumber } from '../images/numbered-picture.js';
import { applyTemplate, type PresetContent } from './preset.js';

/** What every preset is shown on; a template with words of its own adds them. */
const samplePrompt = 'a red fox by a lake at sunset';

/** Some 10 kB each. */
const mostPictures = 500;
/** Some 200 kB each. */
const mostSheets = 20;

const sheetOptions = { maxSide: 1200, gap: 6, quality: 82 } as const;

/**
 * Draws what presets do, as one numbered JPEG. The built-in artist draws, whichever backends there
 * are: that costs nothing, needs no queue, and is the same in every process. It takes some 2 s for
 * a dozen that were never drawn.
 */
export function createPresetSamples(
  draw = drawSample,
): (presets: readonly PresetContent[]) => Promise<Uint8Array> {
  const pictures = createKept<Uint8Array>(mostPictures);
  const sheets = createKept<Uint8Array>(mostSheets);

  const pictureOf = ({ prompt, negative }: PresetContent): Promise<Uint8Array> =>
    pictures(keyOf({ prompt, negative }), () =>
      draw(applyTemplate(prompt, samplePrompt), negative),
    );

  return (presets) =>
    sheets(keyOf(presets.map(({ prompt, negative }) => ({ prompt, negative }))), async () => {
      const numbered: Uint8Array[] = [];
      // One after the other: images that somebody waits for go between.
      for (const [index, preset] of presets.entries()) {
        numbered.push(await withNumber(await pictureOf(preset), index + 1));
      }
      return (await composeGrid(numbered, sheetOptions)).bytes;
    });
}

function keyOf(value: object): string {
  return JSON.stringify(value);
}

/** Keeps what was made, the oldest no longer; those who ask meanwhile wait for the same. */
function createKept<T>(most: number) {
  const kept = new Map<string, Promise<T>>();
  return (key: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return made;
  };
}
