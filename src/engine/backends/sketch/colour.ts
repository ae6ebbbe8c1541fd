/** A colour as `#rrggbb`. */
export type Colour = string;

export type Channels = readonly [red: number, green: number, blue: number];

export function channelsOf(colour: Colour): Channels {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function colourOf([red, green, blue]: Channels): Colour {
  const value = (byte(red) << 16) | (byte(green) << 8) | byte(blue);
  return `#${value.toString(16).padStart(6, '0')}`;
}

/** `share` 0 is all `from`, 1 all `to`. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const [a, b] = [channelsOf(from), channelsOf(to)];
  const at = (low: number, high: number) => low + (high - low) * share;
  return colourOf([at(a[0], b[0]), at(a[1], b[1]), at(a[2], b[2])]);
}

export function lighten(colour: Colour, share: number): Colour {
  return mix(colour, '#ffffff', share);
}

/** Towards a deep blue rather than black, as shadows out of doors are. */
export function darken(colour: Colour, share: number): Colour {
  return mix(colour, '#070a1c', share);
}

/** Turns the hue, by degrees, at about the same lightness (the matrix of SVG's `hueRotate`). */
export function turnHue(colour: Colour, degrees: number): Colour {
  const [red, green, blue] = channelsOf(colour);
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  const weigh = (r: number, g: number, b: number) => r * red + g * green + b * blue;
  return colourOf([
    weigh(
      0.213 + cos * 0.787 - sin * 0.213,
      0.715 - cos * 0.715 - sin * 0.715,
      0.072 - cos * 0.072 + sin * 0.928,
    ),
    weigh(
      0.213 - cos * 0.213 + sin * 0.143,
      0.715 + cos * 0.285 + sin * 0.14,
      0.072 - cos * 0.072 - sin * 0.283,
    ),
    weigh(
      0.213 - cos * 0.213 - sin * 0.787,
      0.715 - cos * 0.715 + sin * 0.715,
      0.072 + cos * 0.928 + sin * 0.072,
    ),
  ]);
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
