import { drawPreview } from './drawing.js';
import { readPrompt } from './prompt-reading.js';

/** The same for all, so that only what the words do to it differs. */
const seed = 7;

/** What these words look like in the hand of the built-in artist: a square JPEG of 256 pixels. */
export async function drawSample(prompt: string, negative?: string): Promise<Uint8Array> {
  const reading = readPrompt(prompt, negative);
  const draw = await drawPreview({ reading, seed, inInk: false, references: [] });
  return draw(1);
}
