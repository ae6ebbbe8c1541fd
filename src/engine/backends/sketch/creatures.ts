import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten } from './colour.js';
import { between, pick, times } from './random.js';
import { circle, ellipse, group, n, path, rect } from './svg.js';

function placed(x: number, y: number, across: number, tall: number, ...content: readonly string[]) {
  const scale = `${(across / 100).toFixed(3)} ${(tall / 100).toFixed(3)}`;
  return group(`transform="translate(${n(x)} ${n(y)}) scale(${scale})"`, ...content);
}

/** On a branch; `y` its feet. */
export function drawOwl(canvas: Canvas, x: number, y: number, tall: number): string {
  const coat = seen(canvas, canvas.reading.colours[0] ?? '#8a6242', 0.02);
  const pale = seen(canvas, '#eadbc0', 0.02);
  const dark = darken(coat, 0.4);
  const bark = seen(canvas, '#4a3527', 0);
  const feathers = times(4, (row) =>
    times(5 - (row % 2), (i) => {
      const at = (i - (4 - (row % 2)) / 2) * 8;
      return path(
        `M${n(at - 4)} ${-50 + row * 10}q4 8 8 0`,
        'none',
        `stroke="${dark}" stroke-width="1.8" stroke-linecap="round"`,
      );
    }).join(''),
  );
  const eye = (at: number) =>
    circle(at, -76, 12.5, pale) +
    circle(at, -76, 8, '#f2b632') +
    circle(at, -76, 4.6, '#17121a') +
    circle(at + 1.8, -78, 1.5, '#ffffff');
  return placed(
    x,
    y,
    tall,
    tall,
    path('M-90 2C-50 -5 30 7 95 -4L96 3C40 13 -40 4 -90 9Z', bark),
    path(
      'M-26 -96C-20 -92 20 -92 26 -96C34 -74 34 -24 18 -4C8 4 -8 4 -18 -4C-34 -24 -34 -74 -26 -96Z',
      coat,
    ),
    path('M-15 -58C-20 -30 -12 -8 0 -4C12 -8 20 -30 15 -58Z', pale),
    ...feathers,
    path('M-29 -62C-36 -36 -28 -14 -16 -4C-22 -24 -22 -46 -29 -62Z', dark),
    path('M29 -62C36 -36 28 -14 16 -4C22 -24 22 -46 29 -62Z', dark),
    eye(-11.5),
    eye(11.5),
    path('M-4 -72L4 -72L0 -62Z', '#e08b2c'),
    path(
      'M-12 -1v6M-8 -1v6M8 -1v6M12 -1v6',
      'none',
      'stroke="#e08b2c" stroke-width="2.4" stroke-linecap="round"',
    ),
  );
}

/** A flock far off. */
export function drawBirds(canvas: Canvas, horizon: number): string {
  const { width, unit } = canvas;
  const random = canvas.stream('birds');
  const colour = canvas.reading.colours[0] ?? darken(canvas.light.top, 0.5);
  const [x, y] = [width * between(random, 0.3, 0.7), horizon * between(random, 0.25, 0.5)];
  return times(13, (i) => {
    const size = unit * between(random, 2, 4.6) * (i === 0 ? 1.8 : 1);
    const left = x + between(random, -30, 30) * unit;
    const top = y + between(random, -16, 16) * unit;
    const lift = between(random, 0.3, 0.9);
    return path(
      `M${n(left - size)} ${n(top - size * lift)}Q${n(left - size * 0.35)} ${n(top - size * lift * 0.8)} ${n(left)} ${n(top)}Q${n(left + size * 0.35)} ${n(top - size * lift * 0.8)} ${n(left + size)} ${n(top - size * lift)}Q${n(left + size * 0.4)} ${n(top - size * 0.25)} ${n(left)} ${n(top + size * 0.22)}Q${n(left - size * 0.4)} ${n(top - size * 0.25)} ${n(left - size)} ${n(top - size * lift)}Z`,
      colour,
    );
  }).join('');
}

/** Seen from the side; `across` its length. */
export function drawWhale(canvas: Canvas, x: number, y: number, across: number): string {
  const skin = seen(canvas, canvas.reading.colours[0] ?? '#3a6288', 0.1);
  const pale = lighten(skin, 0.62);
  const furrows = times(
    6,
    (i) => `M${-36 + i * 3} ${9 + i * 2.1}C-20 ${15 + i * 2} 0 ${15 + i * 1.6} 16 ${11 + i}`,
  );
  const flip = canvas.stream('whale')() < 0.5 ? 1 : -1;
  return placed(
    x,
    y,
    across * flip,
    across,
    path(
      'M-48 2C-46 -20 -20 -26 4 -20C22 -16 34 -8 40 -6C46 -8 46 -18 42 -24C52 -22 56 -14 54 -8C60 -10 66 -8 68 -2C60 0 52 0 46 2C34 14 14 24 -12 25C-36 25 -48 14 -48 2Z',
      skin,
    ),
    path('M-48 2C-44 8 -30 8 -20 6C0 4 20 8 40 4C28 16 10 24 -12 25C-36 25 -48 14 -48 2Z', pale),
    path(furrows.join(''), 'none', `stroke="${darken(pale, 0.18)}" stroke-width="0.9"`),
    path('M-10 10C-12 24 -4 34 6 36C6 26 4 18 4 10Z', darken(skin, 0.22)),
    circle(-31, 1, 2, '#10131f'),
    circle(-31.6, 0.4, 0.6, '#ffffff'),
  );
}

export function drawFish(
  _canvas: Canvas,
  x: number,
  y: number,
  across: number,
  own: Colour,
  flip: 1 | -1,
) {
  const dark = darken(own, 0.3);
  const pale = lighten(own, 0.55);
  return placed(
    x,
    y,
    across * flip,
    across,
    path('M26 0C38 -16 46 -18 50 -18C46 -6 46 6 50 18C46 18 38 16 26 0Z', dark),
    path('M-12 -19C0 -32 16 -28 22 -12Z', dark),
    path('M-6 18C0 28 10 26 14 16Z', dark),
    path('M-48 2C-36 -20 -4 -28 32 -2C-2 26 -36 22 -48 2Z', own),
    path('M-48 2C-30 10 2 12 32 -2C-2 26 -36 22 -48 2Z', pale),
    path(
      'M-18 -18C-12 -6 -12 8 -18 18M-4 -19C2 -8 2 8 -4 17',
      'none',
      `stroke="${pale}" stroke-width="4.5"`,
    ),
    circle(-32, -3, 4, '#ffffff'),
    circle(-33, -3, 2.2, '#14141c'),
  );
}

export function drawMushrooms(canvas: Canvas, x: number, foot: number, tall: number): string {
  const random = canvas.stream('mushrooms');
  const cap = seen(canvas, canvas.reading.colours[0] ?? '#c93a2f', 0.02);
  const stem = seen(canvas, '#f3e9d7', 0.02);
  const one = (at: number, down: number, size: number) =>
    placed(
      at,
      down,
      size,
      size,
      ellipse(0, 0, 26, 4, '#0a1020', 'fill-opacity="0.28"'),
      path('M-10 0C-13 -20 -8 -40 -8 -56H8C8 -40 13 -20 10 0Z', stem),
      path('M2 0C4 -20 4 -40 3 -56H8C8 -40 13 -20 10 0Z', darken(stem, 0.2)),
      ellipse(0, -56, 32, 7, darken(stem, 0.28)),
      path('M-44 -56C-42 -86 -20 -100 0 -100C20 -100 42 -86 44 -56C24 -64 -24 -64 -44 -56Z', cap),
      path(
        'M0 -100C20 -100 42 -86 44 -56C36 -60 26 -61.5 16 -62C24 -76 16 -92 0 -100Z',
        darken(cap, 0.22),
      ),
      ...[
        [-20, -76, 6],
        [2, -86, 7],
        [22, -74, 5],
        [-32, -66, 3.5],
        [-4, -70, 4],
      ].map(([cx = 0, cy = 0, r = 0]) => ellipse(cx, cy, r, r * 0.75, stem)),
    );
  return (
    one(x + tall * 0.42, foot - tall * 0.02, tall * between(random, 0.4, 0.55)) +
    one(x - tall * 0.4, foot + tall * 0.02, tall * between(random, 0.45, 0.6)) +
    one(x, foot + tall * 0.05, tall)
  );
}

/** Jellyfish, bubbles and weeds fill a sea from within. */
export function drawJellyfish(
  canvas: Canvas,
  x: number,
  y: number,
  tall: number,
  own: Colour,
): string {
  const random = canvas.stream(`jellyfish ${Math.round(x)}`);
  const arms = times(6, (i) => {
    const at = -22 + i * 9;
    const sway = between(random, -12, 12);
    return `M${at} 0C${n(at + sway)} 22 ${n(at - sway)} 44 ${n(at + sway)} ${n(between(random, 55, 90))}`;
  });
  return placed(
    x,
    y,
    tall,
    tall,
    path(
      arms.join(''),
      'none',
      `stroke="${own}" stroke-width="2.4" stroke-linecap="round" stroke-opacity="0.6"`,
    ),
    path(
      'M-34 2C-34 -34 34 -34 34 2C24 -4 18 6 10 0C4 6 -4 6 -10 0C-18 6 -24 -4 -34 2Z',
      own,
      'fill-opacity="0.85"',
    ),
    ellipse(-10, -14, 9, 6, '#ffffff', 'fill-opacity="0.35"'),
  );
}

export function drawBubbles(canvas: Canvas): string {
  const { width, height, unit } = canvas;
  const random = canvas.stream('bubbles');
  return times(36, () => {
    const [x, y, r] = [random() * width, random() * height, unit * between(random, 0.3, 1.5)];
    return (
      circle(
        x,
        y,
        r,
        '#ffffff',
        'fill-opacity="0.1" stroke="#ffffff" stroke-opacity="0.55" stroke-width="1"',
      ) + rect(x - r * 0.45, y - r * 0.5, r * 0.4, r * 0.3, '#ffffff', 'rx="1" fill-opacity="0.7"')
    );
  }).join('');
}

const reefColours = ['#f2784b', '#e8577e', '#f7b32b', '#9d65c9', '#37c2a5'] as const;

export function reefColour(canvas: Canvas, part: string): Colour {
  return canvas.reading.colours[0] ?? pick(canvas.stream(part), reefColours);
}
