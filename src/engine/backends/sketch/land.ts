import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten, mix } from './colour.js';
import { between, pick, type Random, times } from './random.js';
import { sunPosition } from './sky.js';
import { n, type Point, path, polygon, rect, smooth, vertical } from './svg.js';

/** A crest line across the sheet, as heights above `base`, made of a few waves. */
export function crest(canvas: Canvas, random: Random, base: number, relief: number): Point[] {
  const waves = times(4, (i) => ({
    length: (0.55 + random() * 0.9) / (i + 1),
    phase: random() * Math.PI * 2,
    size: 1 / (i + 1.2),
  }));
  const steps = 24;
  return times(steps + 1, (i): Point => {
    const x = (canvas.width * 1.04 * i) / steps - canvas.width * 0.02;
    const at = (i / steps) * (canvas.width / canvas.height) * 1.2;
    const height = waves.reduce(
      (sum, { length, phase, size }) => sum + size * Math.sin((at / length) * Math.PI * 2 + phase),
      0,
    );
    return [x, base - height * relief];
  });
}

/** All below a crest, a little lighter at its top. */
export function below(canvas: Canvas, points: readonly Point[], colour: Colour): string {
  const fill = vertical([0, lighten(colour, 0.1)], [0.55, colour], [1, darken(colour, 0.18)]);
  const data = `${smooth(points)}L${n(canvas.width * 1.02)} ${n(canvas.height)}L${n(-canvas.width * 0.02)} ${n(canvas.height)}Z`;
  return fill.defs + path(data, fill.fill);
}

/** Rolling layers from the horizon to the viewer, in the colour of one ground. */
export function drawHills(canvas: Canvas, ground: Colour, layers = 4, relief = 4.5): string {
  const { height, horizon, unit } = canvas;
  return times(layers, (i) => {
    const random = canvas.stream(`hill ${i}`);
    const nearness = layers === 1 ? 1 : i / (layers - 1);
    const base = horizon + (height - horizon) * (0.04 + 0.6 * nearness ** 1.25);
    const colour = seen(canvas, mix(ground, darken(ground, 0.35), nearness), 1 - nearness);
    return below(
      canvas,
      crest(canvas, random, base, unit * relief * (0.7 + nearness * 0.5)),
      colour,
    );
  }).join('');
}

/** Jagged ranges with lit and shaded flanks, and snow where it is high or cold. */
export function drawMountains(canvas: Canvas, ranges = 3): string {
  const { width, height, horizon, unit, light } = canvas;
  const rock = pick(canvas.stream('rock'), ['#4d5a78', '#5b5470', '#4f6570', '#665a5e'] as const);
  return times(ranges, (i) => {
    const random = canvas.stream(`range ${i}`);
    const nearness = ranges === 1 ? 1 : i / (ranges - 1);
    const base = horizon + (height - horizon) * (0.1 + 0.25 * nearness);
    const tall = Math.min(horizon * 0.75, unit * 52) * (1 - nearness * 0.45);
    const colour = seen(canvas, rock, 0.85 - nearness * 0.6);
    const peaks = Math.max(3, Math.round(width / (unit * between(random, 26, 40))));
    const parts: string[] = [];
    for (const k of times(peaks + 1, (each) => each)) {
      const x = (width * (k + between(random, -0.3, 0.3))) / peaks;
      const top = base - tall * between(random, 0.45, 1);
      parts.push(
        drawPeak(
          random,
          x,
          top,
          base,
          colour,
          mix(light.glow, colour, 0.15 + 0.4 * (1 - nearness)),
        ),
      );
    }
    parts.push(rect(0, base - 1, width, height - base + 1, colour));
    return parts.join('');
  }).join('');
}

function drawPeak(
  random: Random,
  x: number,
  top: number,
  base: number,
  colour: Colour,
  snow: Colour,
) {
  const tall = base - top;
  const left = x - tall * between(random, 0.75, 1.05);
  const right = x + tall * between(random, 0.75, 1.05);
  const ridge: Point[] = [
    [x, top],
    [x + tall * 0.08, top + tall * 0.28],
    [x - tall * 0.05, top + tall * 0.52],
    [x + tall * between(random, 0.05, 0.2), base],
  ];
  const along = (from: number, to: number, share: number) => from + (to - from) * share;
  const cap = between(random, 0.2, 0.34);
  const zigzag = times(6, (i): Point => {
    const share = i / 5;
    const spot = along(along(x, left, cap), along(x, right, cap), share);
    return [spot, top + tall * (cap + (i % 2 === 0 ? -0.02 : 0.08) * (i === 0 || i === 5 ? 0 : 1))];
  });
  return (
    polygon(
      [
        [x, top],
        [right, base],
        [left, base],
      ],
      lighten(colour, 0.12),
    ) +
    polygon([...ridge, [right, base]], darken(colour, 0.22)) +
    polygon([[x, top], ...zigzag], snow, 'fill-opacity="0.88"') +
    polygon(
      [
        [x, top],
        [x + tall * 0.08, top + tall * 0.28],
        zigzag[4] ?? [x, top],
        zigzag[5] ?? [x, top],
      ],
      darken(snow, 0.25),
      'fill-opacity="0.5"',
    )
  );
}

/** Water from `from` to the bottom edge, with waves, and the light's path on it. */
export function drawWater(canvas: Canvas, from: number, own: Colour = '#1f6f8b'): string {
  const { width, height, unit, light } = canvas;
  const random = canvas.stream('water');
  const far = mix(seen(canvas, own, 0.55), light.low, 0.35);
  const fill = vertical(
    [0, far],
    [0.3, seen(canvas, own, 0.25)],
    [1, darken(seen(canvas, own, 0), 0.2)],
  );
  const parts = [fill.defs, rect(0, from, width, height - from, fill.fill)];
  const sun = sunPosition(canvas, from);
  const rows = Math.round(Math.min(46, (height - from) / unit));
  for (const row of times(rows, (each) => each)) {
    const share = (row + 0.5) / rows;
    const y = from + (height - from) * share ** 1.35;
    const thick = unit * (0.12 + 0.5 * share);
    const length = unit * between(random, 3, 9) * (0.5 + share * 1.6);
    const spread = unit * (2 + 16 * share);
    for (const _ of times(2, () => 0)) {
      const x = sun.x + between(random, -1, 1) * spread;
      parts.push(
        dash(
          x - length / 2,
          y,
          length,
          thick,
          light.glow,
          between(random, 0.25, 0.75) * (1 - share * 0.6),
        ),
      );
    }
    for (const _ of times(3, () => 0)) {
      const x = random() * width;
      parts.push(dash(x - length / 2, y + thick * 2, length * 1.6, thick, lighten(far, 0.35), 0.2));
    }
  }
  return parts.join('');
}

function dash(
  x: number,
  y: number,
  length: number,
  thick: number,
  colour: Colour,
  opacity: number,
) {
  return rect(
    x,
    y,
    length,
    thick,
    colour,
    `rx="${n(thick / 2)}" fill-opacity="${opacity.toFixed(2)}"`,
  );
}
