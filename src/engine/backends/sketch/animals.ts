import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten } from './colour.js';
import { circle, ellipse, group, n, path } from './svg.js';
import type { Subject } from './vocabulary.js';

export type Animal = Extract<Subject, 'fox' | 'cat' | 'dog' | 'rabbit' | 'bear'>;

interface Breed {
  readonly coat: Colour;
  readonly light: Colour;
  readonly ears: 'pointed' | 'long' | 'round' | 'hanging';
  readonly tail: 'bushy' | 'thin' | 'stub';
  /** How far the muzzle narrows the face, 0 to 1. */
  readonly muzzle: number;
}

const breeds: Readonly<Record<Animal, Breed>> = {
  fox: { coat: '#d9652b', light: '#f7ead8', ears: 'pointed', tail: 'bushy', muzzle: 1 },
  cat: { coat: '#6f6a72', light: '#e9e2da', ears: 'pointed', tail: 'thin', muzzle: 0.25 },
  dog: { coat: '#a9713f', light: '#f3e3c8', ears: 'hanging', tail: 'thin', muzzle: 0.55 },
  rabbit: { coat: '#b79f88', light: '#f5eee6', ears: 'long', tail: 'stub', muzzle: 0.2 },
  bear: { coat: '#6d4a34', light: '#c9a27c', ears: 'round', tail: 'stub', muzzle: 0.15 },
};

/** Sits and looks at the viewer; `x` its middle, `foot` the ground, `tall` its height in pixels. */
export function drawAnimal(
  canvas: Canvas,
  animal: Animal,
  x: number,
  foot: number,
  tall: number,
  own?: Colour,
): string {
  const breed = breeds[animal];
  const coat = seen(canvas, own ?? breed.coat, 0.05);
  const pale = seen(canvas, breed.light, 0.05);
  const dark = darken(coat, 0.55);
  const shade = darken(coat, 0.2);
  const side = canvas.stream('animal')() < 0.5 ? -1 : 1;
  const scale = tall / 100;
  return group(
    `transform="translate(${n(x)} ${n(foot)}) scale(${(scale * side).toFixed(3)} ${scale.toFixed(3)})"`,
    ellipse(4, 0, 36, 4.5, '#0a1020', 'fill-opacity="0.28"'),
    drawTail(breed, coat, pale, shade),
    path('M-21 0C-25 -22 -17 -50 0 -54C17 -50 25 -22 21 0Z', coat),
    path('M0 -54C17 -50 25 -22 21 0H8C14 -20 10 -44 0 -54Z', shade),
    path('M-8 -50C-13 -34 -7 -20 0 -17C7 -20 13 -34 8 -50Z', pale),
    path('M-14 0C-15 -14 -11 -27 -8 -29C-3 -26 -2 -12 -3 0Z', lighten(coat, 0.07)),
    path('M14 0C15 -14 11 -27 8 -29C3 -26 2 -12 3 0Z', lighten(coat, 0.03)),
    ellipse(-8.5, -1.5, 6, 3, animal === 'fox' ? dark : pale),
    ellipse(8.5, -1.5, 6, 3, animal === 'fox' ? dark : pale),
    drawEars(breed, coat, pale, dark),
    drawFace(breed, coat, pale, dark, shade),
  );
}

function drawTail({ tail }: Breed, coat: Colour, pale: Colour, shade: Colour): string {
  if (tail === 'stub') return circle(21, -7, 6, pale);
  if (tail === 'thin') {
    return path(
      'M17 -4C34 -2 40 -16 34 -27C31 -32 26 -30 28 -25',
      'none',
      `stroke="${coat}" stroke-width="5.5" stroke-linecap="round"`,
    );
  }
  return (
    path('M14 -3C30 4 50 -6 47 -28C45 -42 36 -47 32 -43C38 -32 32 -14 14 -10Z', coat) +
    path('M14 -3C30 4 50 -6 47 -28C45 -22 36 -8 14 -5Z', shade) +
    path('M47 -28C45 -42 36 -47 32 -43C36 -38 36 -33 35 -28C39 -32 43 -32 47 -28Z', pale)
  );
}

function drawEars({ ears }: Breed, coat: Colour, pale: Colour, dark: Colour): string {
  const both = (left: string) => left + group('transform="scale(-1 1)"', left);
  if (ears === 'pointed') {
    return both(
      path('M-23 -68C-25 -84 -23 -95 -20 -99C-13 -95 -6 -88 -3 -82Z', coat) +
        path('M-19.5 -74C-21 -84 -20 -90 -18.5 -93C-14 -90 -10 -86 -8 -82Z', dark),
    );
  }
  if (ears === 'long') {
    return both(
      ellipse(-9, -96, 6, 21, coat, 'transform="rotate(-8 -9 -80)"') +
        ellipse(-9, -95, 3, 16, pale, 'transform="rotate(-8 -9 -80)"'),
    );
  }
  if (ears === 'round') return both(circle(-17, -84, 8, coat) + circle(-17, -84, 4.5, pale));
  return both(path('M-14 -84C-28 -86 -33 -66 -27 -54C-22 -52 -19 -62 -16 -72Z', dark));
}

function drawFace(
  { muzzle, ears }: Breed,
  coat: Colour,
  pale: Colour,
  dark: Colour,
  shade: Colour,
) {
  const chin = -42 - (1 - muzzle) * 4;
  const jaw = 15 + (1 - muzzle) * 8;
  const cheek = 26 - (1 - muzzle) * 2;
  const face = `M0 -86C14 -86 ${cheek} -80 ${cheek} -66C${n(jaw)} -54 8 ${chin} 0 ${chin}C-8 ${chin} ${n(-jaw)} -54 ${-cheek} -66C${-cheek} -80 -14 -86 0 -86Z`;
  const half = `M0 -86C14 -86 ${cheek} -80 ${cheek} -66C${n(jaw)} -54 8 ${chin} 0 ${chin}Z`;
  const nose = chin + 5 + (1 - muzzle) * 4;
  const eye = (x: number) =>
    ellipse(x, -67, 2.7, 3.3, '#1c1518') + circle(x + 0.9, -68.3, 0.95, '#ffffff');
  const cheeks =
    muzzle > 0.9
      ? path(
          `M${-cheek} -66C-18 -62 -8 -60 0 ${nose - 5}C8 -60 18 -62 ${cheek} -66C${n(jaw)} -54 8 ${chin} 0 ${chin}C-8 ${chin} ${n(-jaw)} -54 ${-cheek} -66Z`,
          pale,
        )
      : ellipse(0, chin + 8, 10 + 3 * muzzle, 8.5, pale);
  const whiskers =
    ears === 'pointed' && muzzle < 0.5
      ? path(
          'M8 -53L24 -56M8 -51L23 -49M-8 -53L-24 -56M-8 -51L-23 -49',
          'none',
          `stroke="${pale}" stroke-width="0.7"`,
        )
      : '';
  return (
    path(face, coat) +
    path(half, shade, 'fill-opacity="0.55"') +
    cheeks +
    eye(-10.5) +
    eye(10.5) +
    path(
      `M-3.4 ${nose - 2}Q0 ${nose - 3.6} 3.4 ${nose - 2}Q2 ${nose + 1.6} 0 ${nose + 2}Q-2 ${nose + 1.6} -3.4 ${nose - 2}Z`,
      '#1c1518',
    ) +
    path(
      `M0 ${nose + 2}V${nose + 3.6}M-3.4 ${nose + 4}Q-1.6 ${nose + 5.4} 0 ${nose + 3.6}Q1.6 ${nose + 5.4} 3.4 ${nose + 4}`,
      'none',
      `stroke="${dark}" stroke-width="0.8" stroke-linecap="round"`,
    ) +
    whiskers
  );
}
