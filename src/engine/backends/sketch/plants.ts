import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten, mix } from './colour.js';
import { below, crest } from './land.js';
import { between, pick, type Random, times } from './random.js';
import { circle, ellipse, group, n, type Point, path, polygon, smooth } from './svg.js';

const needles = '#2c5a46';

/** Rows of trees, paler the farther they stand, with mist between them. */
export function drawForest(canvas: Canvas): string {
  const { width, height, horizon, unit, light, reading } = canvas;
  const isAutumn = ['autumn', 'fall', '秋'].some(reading.mentions);
  const isCold = reading.weather.includes('snow') || reading.place === 'snowfield';
  const kind = canvas.stream('forest').call(null) < 0.62 || isCold ? 'fir' : 'round';
  return times(4, (i) => {
    const random = canvas.stream(`forest ${i}`);
    const nearness = i / 3;
    const base = horizon + (height - horizon) * (0.02 + 0.62 * nearness);
    const line = crest(canvas, random, base, unit * 2.5);
    const size = unit * (13 + 25 * nearness ** 1.3);
    const count = Math.ceil(width / (size * (0.3 + nearness * 0.12)));
    const trees = times(count, (k) => {
      // The nearest row leaves the middle open, as a way into the picture.
      const x = (width * (k + between(random, 0, 0.9))) / count;
      const offset = Math.abs(x / width - 0.5);
      if (nearness > 0.6 && offset < 0.24) return '';
      const own = isAutumn
        ? pick(random, ['#c8632b', '#d99a35', '#a63d2f', '#7d6b35'])
        : mix(needles, '#5c7f3f', random() * 0.5);
      const colour = seen(canvas, own, 0.9 - nearness * 0.85);
      const tall = size * between(random, 0.75, 1.25);
      const foot = base + unit * 1.5;
      return kind === 'fir'
        ? drawFir(
            random,
            x,
            foot,
            tall,
            colour,
            isCold ? mix(light.low, '#ffffff', 0.6) : undefined,
          )
        : drawRoundTree(
            random,
            x,
            foot,
            tall,
            colour,
            seen(canvas, '#4a3527', 0.7 - nearness * 0.6),
          );
    });
    const floor = isCold ? '#e8eef2' : isAutumn ? '#7a5a35' : '#3c5c3c';
    const ground = below(canvas, line, seen(canvas, floor, 0.8 - nearness * 0.7));
    const mist = ellipse(
      width * between(random, 0.2, 0.8),
      base,
      width * 0.6,
      unit * 5,
      light.low,
      'fill-opacity="0.16"',
    );
    return trees.join('') + ground + mist;
  }).join('');
}

export function drawFir(
  random: Random,
  x: number,
  foot: number,
  tall: number,
  colour: Colour,
  snow?: Colour,
) {
  const tiers = 4;
  const parts = [
    polygon(
      [
        [x - tall * 0.03, foot],
        [x + tall * 0.03, foot],
        [x, foot - tall * 0.5],
      ],
      darken(colour, 0.5),
    ),
  ];
  for (const i of times(tiers, (each) => each)) {
    const top = foot - tall + (tall * 0.78 * i) / (tiers + 0.4);
    const bottom = top + tall * 0.36;
    const half = tall * (0.1 + 0.055 * i) * between(random, 0.92, 1.08);
    const tip: Point = [x, top];
    parts.push(
      polygon([tip, [x + half, bottom], [x, bottom - tall * 0.04], [x - half, bottom]], colour),
    );
    parts.push(polygon([tip, [x + half, bottom], [x, bottom - tall * 0.04]], darken(colour, 0.22)));
    if (snow)
      parts.push(
        polygon(
          [
            tip,
            [x + half * 0.45, top + tall * 0.17],
            [x, top + tall * 0.13],
            [x - half * 0.6, top + tall * 0.21],
          ],
          snow,
        ),
      );
  }
  return parts.join('');
}

export function drawRoundTree(
  random: Random,
  x: number,
  foot: number,
  tall: number,
  leaf: Colour,
  bark: Colour,
) {
  const trunk = polygon(
    [
      [x - tall * 0.045, foot],
      [x + tall * 0.045, foot],
      [x + tall * 0.018, foot - tall * 0.6],
      [x - tall * 0.018, foot - tall * 0.6],
    ],
    bark,
  );
  const clumps = times(9, (i) => {
    const angle = (i / 9) * Math.PI * 2;
    const reach = i === 8 ? 0 : tall * 0.19;
    return {
      x: x + Math.cos(angle) * reach * 1.15,
      y: foot - tall * 0.68 + Math.sin(angle) * reach,
      r: tall * between(random, 0.13, 0.19),
    };
  });
  const layer = (dx: number, dy: number, share: number, colour: Colour) =>
    clumps
      .map((clump) => circle(clump.x + dx * tall, clump.y + dy * tall, clump.r * share, colour))
      .join('');
  return (
    trunk +
    layer(0, 0, 1, darken(leaf, 0.22)) +
    layer(-0.02, -0.035, 0.82, leaf) +
    layer(-0.05, -0.07, 0.45, lighten(leaf, 0.16))
  );
}

const blossoms = ['#e4572e', '#f2c14e', '#e86a92', '#f7f3e8', '#7d6bd0', '#d7263d'] as const;

/** A field of flowers, larger and brighter towards the viewer. */
export function drawFlowers(canvas: Canvas, from: number, density = 1): string {
  const { width, height, unit, reading } = canvas;
  const random = canvas.stream('flowers');
  const own = reading.colours;
  const palette: readonly [Colour, ...Colour[]] =
    own[0] !== undefined
      ? [own[0], own[1] ?? lighten(own[0], 0.3), lighten(own[0], 0.15)]
      : [pick(random, blossoms), pick(random, blossoms), pick(random, blossoms)];
  const rows = 13;
  return times(rows, (row) => {
    const share = (row + 0.6) / rows;
    const base = from + (height - from) * share ** 1.5 * 1.06;
    const size = unit * (0.7 + 4.6 * share ** 1.6);
    const count = Math.round(((width / size) * 0.42 * density) / (1 + share * 0.2));
    return times(count, () => {
      const x = random() * width;
      const y = base - size * between(random, -0.6, 1.6);
      const petal = seen(canvas, pick(random, palette), 0.4 * (1 - share));
      return drawFlower(random, x, y, size, petal, seen(canvas, '#4f8a43', 0.4 * (1 - share)));
    }).join('');
  }).join('');
}

export function drawFlower(
  random: Random,
  x: number,
  y: number,
  size: number,
  petal: Colour,
  stem: Colour,
) {
  const lean = between(random, -0.35, 0.35) * size;
  const line = smooth([
    [x - lean, y + size * 3.2],
    [x - lean * 0.2, y + size * 1.4],
    [x, y],
  ]);
  const parts = [
    path(line, 'none', `stroke="${stem}" stroke-width="${n(size * 0.14)}" stroke-linecap="round"`),
  ];
  if (size < 3) return parts[0] + circle(x, y, size * 0.6, petal);
  const count = 6;
  const turn = random() * 60;
  const petals = times(count, (i) =>
    ellipse(
      0,
      -size * 0.48,
      size * 0.27,
      size * 0.46,
      i % 2 === 0 ? petal : lighten(petal, 0.14),
      `transform="rotate(${n(turn + (360 / count) * i)})"`,
    ),
  );
  const tilt = between(random, 0.62, 0.95);
  parts.push(
    group(
      `transform="translate(${n(x)} ${n(y)}) scale(1 ${tilt.toFixed(2)})"`,
      ...petals,
      circle(0, 0, size * 0.22, '#f3b93f'),
      circle(0, size * 0.05, size * 0.13, '#b9741f'),
    ),
  );
  return parts.join('');
}

/** Blades along the bottom edge. */
export function drawGrass(canvas: Canvas, colour: Colour): string {
  const { width, height, unit } = canvas;
  const random = canvas.stream('grass');
  return times(width / (unit * 0.9), () => {
    const x = random() * width;
    const tall = unit * between(random, 4, 13);
    const lean = between(random, -0.5, 0.5) * tall;
    const blade = mix(colour, random() < 0.5 ? '#ffffff' : '#06121a', random() * 0.25);
    const foot = height + unit;
    return path(
      `M${n(x - unit * 0.4)} ${n(foot)}Q${n(x)} ${n(foot - tall * 0.6)} ${n(x + lean)} ${n(foot - tall)}Q${n(x + unit * 0.3)} ${n(foot - tall * 0.5)} ${n(x + unit * 0.4)} ${n(foot)}Z`,
      blade,
    );
  }).join('');
}
