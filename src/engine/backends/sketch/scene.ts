import { createCanvas } from './canvas.js';
import { places } from './places.js';
import type { PromptReading } from './prompt-reading.js';
import { drawSubjects } from './subjects.js';
import { drawWeather } from './weather.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A picture of what was read, as SVG: composed for a sheet of one size, shown at another. Same
 * reading, seed and sheet: same picture.
 */
export function composeScene(
  reading: PromptReading,
  seed: number,
  sheet: Size,
  shown: Size = sheet,
): string {
  const canvas = createCanvas(reading, seed, sheet.width, sheet.height);
  const content = places[reading.place](canvas) + drawSubjects(canvas) + drawWeather(canvas);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${shown.width}" height="${shown.height}" viewBox="0 0 ${sheet.width} ${sheet.height}" preserveAspectRatio="none">${content}</svg>`;
}
