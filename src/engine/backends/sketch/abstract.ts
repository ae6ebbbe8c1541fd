import type { Canvas } from './canvas.js';
import { type Colour, darken, lighten, mix, turnHue } from './colour.js';
import { between, pick, type Random, times } from './random.js';
import { circle, group, n, type Point, path, polygon, rect, smooth } from './svg.js';

const palettes: readonly [readonly Colour[], ...(readonly Colour[])[]] = [
  ['#f3ead7', '#1f2a44', '#e4572e', '#f2b134', '#2a9d8f'],
  ['#f7efe5', '#2d2a4a', '#ef6f6c', '#56a3a6', '#f4c95d'],
  ['#101426', '#f4efe6', '#ff6b6b', '#4ecdc4', '#ffd166'],
  ['#efe7dc', '#3b3355', '#5d5d81', '#bfcde0', '#e07a5f'],
  ['#14213d', '#fca311', '#e5e5e5', '#d1495b', '#3e8e9e'],
];

/** Shapes for their own sake, in one of four manners; words choose one, else the seed does. */
export function drawAbstract(canvas: Canvas): string {
  const random = canvas.stream('abstract');
  const base = pick(random, palettes);
  const own = canvas.reading.colours;
  const colours = base.map((colour, i) => {
    const wish = own[(i - 1) % Math.max(1, own.length)];
    return i > 0 && wish ? mix(turnHue(colour, i * 9), wish, i === 1 ? 0.35 : 0.75) : colour;
  });
  const [paper = '#f3ead7', ...inks] = colours;
  const has = (...words: string[]) => words.some(canvas.reading.mentions);
  const manner = has('wave', 'flow', 'fluid', 'liquid')
    ? drawFlow
    : has('triangle', 'poly', 'crystal', 'facet')
      ? drawFacets
      : has('circle', 'mandala', 'kaleidoscope')
        ? drawOrbits
        : has('shape', 'geometric', 'geometry', 'bauhaus', '几何')
          ? drawBauhaus
          : pick(random, [drawBauhaus, drawBauhaus, drawFlow, drawOrbits, drawFacets] as const);
  return rect(0, 0, canvas.width, canvas.height, paper) + manner(canvas, random, paper, inks);
}

type Manner = (canvas: Canvas, random: Random, paper: Colour, inks: readonly Colour[]) => string;

function inkOf(random: Random, inks: readonly Colour[]): Colour {
  return inks[Math.floor(random() * inks.length)] ?? '#1f2a44';
}

/** A grid of squares, each with a quarter, a half or a whole circle, stripes or a triangle. */
const drawBauhaus: Manner = ({ width, height, unit }, random, paper, inks) => {
  const across = Math.max(2, Math.round(width / (unit * pick(random, [20, 25, 33] as const))));
  const side = width / across;
  const down = Math.ceil(height / side);
  return times(across * down, (cell) => {
    const ground = random() < 0.3 ? paper : inkOf(random, inks);
    const ink = pick(random, inks.filter((each) => each !== ground) as [Colour, ...Colour[]]);
    const other = random() < 0.5 ? paper : lighten(ink, 0.35);
    const shapes = [
      path(`M0 0H${side}A${side} ${side} 0 0 1 0 ${side}Z`, ink),
      path(`M0 0A${side / 2} ${side / 2} 0 0 0 ${side} 0Z`, ink) +
        path(`M0 ${side / 2}A${side / 2} ${side / 2} 0 0 0 ${side} ${side / 2}Z`, other),
      circle(side / 2, side / 2, side * 0.36, ink) + circle(side / 2, side / 2, side * 0.17, other),
      polygon(
        [
          [0, 0],
          [side, 0],
          [0, side],
        ],
        ink,
      ),
      times(4, (i) => rect(0, (side / 4) * i, side, side / 8, ink)).join(''),
      path(`M0 0H${side}A${side} ${side} 0 0 1 0 ${side}Z`, ink) +
        path(`M0 0H${side / 2}A${side / 2} ${side / 2} 0 0 1 0 ${side / 2}Z`, other),
    ] as const;
    const turn = Math.floor(random() * 4) * 90;
    const shape = shapes[Math.floor(random() * shapes.length)] ?? shapes[0];
    const x = (cell % across) * side;
    const y = Math.floor(cell / across) * side;
    return group(
      `transform="translate(${n(x)} ${n(y)}) rotate(${turn} ${n(side / 2)} ${n(side / 2)})"`,
      rect(-0.5, -0.5, side + 1, side + 1, ground),
      shape,
    );
  }).join('');
};

/** Ribbons that follow one field of directions. */
const drawFlow: Manner = ({ width, height, unit }, random, _paper, inks) => {
  const [a, b, c, d] = [
    between(random, 1, 2.4),
    between(random, 1, 2.4),
    random() * 6,
    random() * 6,
  ];
  const heading = (x: number, y: number) =>
    Math.sin((x / unit / 30) * a + c) * 1.2 + Math.cos((y / unit / 30) * b + d) * 1.3;
  return times(320, () => {
    let [x, y] = [between(random, -0.1, 1.1) * width, between(random, -0.1, 1.1) * height];
    const points = times(14, (): Point => {
      const angle = heading(x, y);
      x += Math.cos(angle) * unit * 3;
      y += Math.sin(angle) * unit * 3;
      return [x, y];
    });
    const ink = mix(inkOf(random, inks), '#ffffff', random() * 0.25);
    const wide = unit * between(random, 0.4, 2.6);
    return path(
      smooth(points),
      'none',
      `stroke="${ink}" stroke-width="${n(wide)}" stroke-linecap="round" stroke-opacity="0.92"`,
    );
  }).join('');
};

/** Rings and discs around a few centres. */
const drawOrbits: Manner = ({ width, height, unit }, random, paper, inks) => {
  return times(9, (i) => {
    const [x, y] = [between(random, 0.05, 0.95) * width, between(random, 0.05, 0.95) * height];
    const size = unit * between(random, 10, 36) * (1 - i * 0.05);
    const ink = inkOf(random, inks);
    const rings = times(Math.round(between(random, 2, 7)), (k) =>
      circle(
        x,
        y,
        size * (1 - k * 0.15),
        k % 2 === 0 ? ink : mix(paper, inkOf(random, inks), 0.25),
      ),
    );
    const spokes =
      random() < 0.4
        ? times(24, (k) => {
            const angle = (k / 12) * Math.PI;
            return `M${n(x + Math.cos(angle) * size * 1.08)} ${n(y + Math.sin(angle) * size * 1.08)}L${n(x + Math.cos(angle) * size * 1.25)} ${n(y + Math.sin(angle) * size * 1.25)}`;
          }).join('')
        : '';
    return (
      rings.join('') +
      path(spokes, 'none', `stroke="${ink}" stroke-width="${n(unit * 0.7)}" stroke-linecap="round"`)
    );
  }).join('');
};

/** Triangles lit from one corner. */
const drawFacets: Manner = ({ width, height, unit }, random, _paper, inks) => {
  const side = unit * between(random, 10, 17);
  const [across, down] = [Math.ceil(width / side) + 2, Math.ceil(height / side) + 2];
  const [from = '#1f2a44', middle = '#e4572e', to = '#f2b134'] = inks;
  const knots = times(
    (across + 1) * (down + 1),
    (i): Point => [
      ((i % (across + 1)) - 1 + between(random, -0.38, 0.38)) * side,
      (Math.floor(i / (across + 1)) - 1 + between(random, -0.38, 0.38)) * side,
    ],
  );
  const knot = (column: number, row: number): Point => knots[row * (across + 1) + column] ?? [0, 0];
  const facet = (a: Point, b: Point, c: Point) => {
    const share = Math.max(
      0,
      Math.min(
        1,
        ((a[0] + b[0] + c[0]) / 3 / width) * 0.55 + ((a[1] + b[1] + c[1]) / 3 / height) * 0.45,
      ),
    );
    const hue = share < 0.5 ? mix(from, middle, share * 2) : mix(middle, to, share * 2 - 1);
    const lit = random();
    const colour = lit < 0.5 ? darken(hue, (0.5 - lit) * 0.5) : lighten(hue, (lit - 0.5) * 0.45);
    return polygon([a, b, c], colour, `stroke="${colour}" stroke-width="0.8"`);
  };
  return times(across * down, (cell) => {
    const [column, row] = [cell % across, Math.floor(cell / across)];
    const corners = [
      knot(column, row),
      knot(column + 1, row),
      knot(column, row + 1),
      knot(column + 1, row + 1),
    ] as const;
    return random() < 0.5
      ? facet(corners[0], corners[1], corners[2]) + facet(corners[1], corners[3], corners[2])
      : facet(corners[0], corners[1], corners[3]) + facet(corners[0], corners[3], corners[2]);
  }).join('');
};
