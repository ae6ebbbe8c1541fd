import { type Colour, mix, turnHue } from './colour.js';
import type { PromptReading } from './prompt-reading.js';
import { between, createRandom, hashText, pick, type Random } from './random.js';
import type { Daylight } from './vocabulary.js';

/** What light does to everything in a picture. */
export interface Light {
  /** The sky from its top to the horizon. */
  readonly top: Colour;
  readonly middle: Colour;
  readonly low: Colour;
  /** The sun or the moon, and what it shines on. */
  readonly glow: Colour;
  /** 0 (night) to 1 (noon): how much of its own colour a thing shows. */
  readonly brightness: number;
}

/** A sheet to draw on, in pixels, with what the prompt and the seed decided for all of it. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** A hundredth of the shorter side. */
  readonly unit: number;
  /** From the top. */
  readonly horizon: number;
  readonly reading: PromptReading;
  readonly light: Light;
  readonly accent: Colour;
  /** An own stream of numbers for each part, so that one part's changes leave the others alone. */
  readonly stream: (part: string) => Random;
}

const skies: Readonly<Record<Daylight, Light>> = {
  dawn: { top: '#5f7bb8', middle: '#eaa7a4', low: '#fde3bd', glow: '#fff4d6', brightness: 0.8 },
  day: { top: '#3d8fd1', middle: '#8ecbea', low: '#e3f3f3', glow: '#fffbe4', brightness: 1 },
  sunset: { top: '#43306f', middle: '#d1546a', low: '#ffb565', glow: '#ffedb0', brightness: 0.6 },
  dusk: { top: '#1c2350', middle: '#654d8e', low: '#f09a8a', glow: '#ffdfb4', brightness: 0.42 },
  night: { top: '#080d28', middle: '#152250', low: '#37528a', glow: '#f5efd9', brightness: 0.22 },
};

/** A town lights its own clouds. */
const townNight: Light = {
  top: '#0a0f2c',
  middle: '#2a2c66',
  low: '#94548a',
  glow: '#ffe2b8',
  brightness: 0.24,
};

const rainy: Light = {
  top: '#46566a',
  middle: '#7d8d9c',
  low: '#c3cdd2',
  glow: '#e9eef0',
  brightness: 0.6,
};

const stormy: Light = {
  top: '#1d2531',
  middle: '#46535f',
  low: '#a3aba4',
  glow: '#e8ecda',
  brightness: 0.38,
};

const snowy: Light = {
  top: '#84a9c9',
  middle: '#bdd5e4',
  low: '#f3f3ee',
  glow: '#ffffff',
  brightness: 0.95,
};

const fiery: Light = {
  top: '#24080f',
  middle: '#9c2a1d',
  low: '#ff953f',
  glow: '#ffe08a',
  brightness: 0.4,
};

const neon: Light = {
  top: '#0c0628',
  middle: '#33105f',
  low: '#b02c93',
  glow: '#ffb3e6',
  brightness: 0.25,
};

const accents = [
  '#e4572e',
  '#f2b134',
  '#2a9d8f',
  '#c8417a',
  '#4f7cd6',
  '#e27396',
  '#7b5ea7',
] as const;

export function createCanvas(
  reading: PromptReading,
  seed: number,
  width: number,
  height: number,
): Canvas {
  const stream = (part: string) =>
    createRandom(hashText(`${part}/${reading.hash}/${Math.floor(seed)}`));
  const random = stream('light');
  const horizonShare = between(random, 0.56, 0.68);
  return {
    width,
    height,
    unit: Math.min(width, height) / 100,
    horizon: height * horizonShare,
    reading,
    light: lightOf(reading, random),
    accent: reading.colours[0] ?? pick(random, accents),
    stream,
  };
}

function lightOf(reading: PromptReading, random: Random): Light {
  const base = baseLight(reading);
  const turn = between(random, -14, 14);
  // A colour that belongs to somebody in the picture is not spread over the sky as well.
  const tint = reading.subjects.length === 0 ? reading.colours[0] : undefined;
  const toned = (colour: Colour, share: number) => {
    const turned = turnHue(colour, turn);
    return tint ? mix(turned, tint, share) : turned;
  };
  return {
    top: toned(base.top, 0.45),
    middle: toned(base.middle, 0.55),
    low: toned(base.low, 0.3),
    glow: toned(base.glow, 0.08),
    brightness: base.brightness,
  };
}

function baseLight({ daylight, weather, mentions, place }: PromptReading): Light {
  if (['neon', 'cyberpunk', 'synthwave', 'vaporwave'].some(mentions)) return neon;
  if (['fire', 'lava', 'volcano', 'burning', 'flame', 'dragon', '火'].some(mentions)) return fiery;
  if (daylight === 'night' && place === 'city') return townNight;
  if (daylight === 'night') return skies.night;
  if (weather.includes('storm')) return stormy;
  if (weather.includes('rain')) return rainy;
  if (daylight === 'day' && (weather.includes('snow') || place === 'snowfield')) return snowy;
  return skies[daylight];
}

/** How a thing looks in this light, `distance` 0 (near) to 1 (at the horizon). */
export function seen({ light }: Canvas, own: Colour, distance: number): Colour {
  const lit = mix(mix(light.top, '#05071a', 0.45), own, 0.22 + 0.78 * light.brightness);
  return mix(lit, mix(light.low, light.middle, 0.35), distance * 0.82);
}
