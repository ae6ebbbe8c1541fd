import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten, mix } from './colour.js';
import { between, pick, type Random, times } from './random.js';
import { ellipse, group, n, polygon, rect, vertical } from './svg.js';

const signs = ['#ff4f8b', '#36d6e7', '#ffd166', '#8c7bff', '#7df29a'] as const;

/** A skyline in three depths above a street that mirrors it. */
export function drawCity(canvas: Canvas): string {
  const { width, height, unit, light, reading, horizon } = canvas;
  const ground = Math.min(height * 0.84, horizon + height * 0.16);
  const depths = [
    { distance: 0.8, tallness: 1.2 },
    { distance: 0.45, tallness: 1 },
    { distance: 0.1, tallness: 0.72 },
  ];
  const skyline = depths
    .map(({ distance, tallness }, i) => {
      const random = canvas.stream(`city ${i}`);
      const wall = pick(random, ['#3d4663', '#4a4058', '#39505e', '#574a55'] as const);
      const colour = seen(canvas, darken(wall, i * 0.12), distance);
      const parts: string[] = [];
      let x = -unit * between(random, 0, 8);
      while (x < width) {
        const wide = unit * between(random, 8, 15) * (1 + i * 0.14);
        const tall =
          unit * between(random, 20, 52) * tallness * Math.min(1.5, height / width + 0.45);
        parts.push(drawBuilding(canvas, random, { x, ground, wide, tall, colour, depth: i }));
        x += wide + unit * between(random, -0.6, 2.2);
      }
      return parts.join('');
    })
    .join('');

  const isWet = reading.weather.includes('rain') || reading.daylight === 'night';
  const street = mix(seen(canvas, '#3a4050', 0), light.low, 0.12);
  const surface = vertical([0, mix(street, light.low, 0.3)], [1, darken(street, 0.4)]);
  const mirrored = group(`transform="translate(0 ${n(ground * 2)}) scale(1 -1)"`, skyline);
  const sheen = isWet ? drawSheen(canvas, ground) : '';
  return `${skyline}${surface.defs}${mirrored}${rect(0, ground, width, height - ground, surface.fill, `fill-opacity="${isWet ? 0.5 : 0.86}"`)}${sheen}`;
}

interface Building {
  readonly x: number;
  readonly ground: number;
  readonly wide: number;
  readonly tall: number;
  readonly colour: Colour;
  readonly depth: number;
}

function drawBuilding(canvas: Canvas, random: Random, building: Building): string {
  const { unit, light, accent } = canvas;
  const { x, ground, wide, tall, colour, depth } = building;
  const top = ground - tall;
  const face = vertical([0, lighten(colour, 0.08)], [1, darken(colour, 0.22)]);
  const parts = [face.defs, rect(x, top, wide, tall, face.fill)];
  parts.push(
    rect(x + wide * 0.78, top, wide * 0.22, tall, darken(colour, 0.25), 'fill-opacity="0.6"'),
  );
  const roof = random();
  if (roof < 0.25) {
    parts.push(rect(x + wide * 0.44, top - unit * 6, unit * 0.5, unit * 6, colour));
  } else if (roof < 0.5) {
    parts.push(
      polygon(
        [
          [x, top],
          [x + wide / 2, top - wide * 0.35],
          [x + wide, top],
        ],
        colour,
      ),
    );
  } else if (roof < 0.75) {
    parts.push(rect(x + wide * 0.2, top - unit * 2, wide * 0.6, unit * 2.2, colour));
  }

  const isDark = light.brightness < 0.5;
  const pane = isDark ? '#ffd98a' : lighten(light.low, 0.2);
  parts.push(
    drawWindows(random, building, unit, isDark ? 0.42 : 0.6, (isLit) =>
      isDark ? (isLit ? pick(random, signs) : pane) : pane,
    ),
  );
  if (isDark && depth > 0 && random() < 0.3) {
    const sign = random() < 0.4 ? accent : pick(random, signs);
    const signTop = top + tall * between(random, 0.2, 0.5);
    const left = x + wide * between(random, 0.1, 0.6);
    parts.push(
      ellipse(
        left + unit * 0.8,
        signTop + unit * 4,
        unit * 5,
        unit * 8,
        sign,
        'fill-opacity="0.14"',
      ),
    );
    parts.push(rect(left, signTop, unit * 1.6, unit * 8, sign, `rx="${n(unit * 0.5)}"`));
  }
  return parts.join('');
}

/** One path for all windows of a colour: thousands of single panes would take a second to draw. */
function drawWindows(
  random: Random,
  { x, ground, wide, tall, depth }: Building,
  unit: number,
  share: number,
  glassOf: (isSign: boolean) => Colour,
): string {
  const step = unit * (1.9 + depth * 0.5);
  const columns = Math.floor((wide - unit) / step);
  const rows = Math.min(24, Math.floor((tall - unit * 2) / (step * 1.25)));
  const left = x + (wide - columns * step) / 2 + step * 0.22;
  const top = ground - tall + unit * 1.6;
  const panes = new Map<string, string>();
  for (const cell of times(rows * columns, (each) => each)) {
    if (random() > share) continue;
    const look = `fill="${glassOf(random() < 0.08)}" fill-opacity="${pick(random, ['0.35', '0.6', '0.95'])}"`;
    const at = `M${n(left + (cell % columns) * step)} ${n(top + Math.floor(cell / columns) * step * 1.25)}`;
    const pane = `${at}h${n(step * 0.56)}v${n(step * 0.72)}h${n(-step * 0.56)}z`;
    panes.set(look, (panes.get(look) ?? '') + pane);
  }
  return [...panes].map(([look, data]) => `<path d="${data}" ${look}/>`).join('');
}

/** Light that lies on a wet street, in long flat pools. */
function drawSheen(canvas: Canvas, ground: number): string {
  const { width, height, unit, light } = canvas;
  const random = canvas.stream('sheen');
  return times(46, () => {
    const share = random();
    const y = ground + (height - ground) * share;
    const length = unit * between(random, 4, 16) * (0.4 + share);
    const colour = random() < 0.5 ? light.glow : pick(random, signs);
    const opacity = between(random, 0.1, 0.4).toFixed(2);
    return rect(
      random() * width - length / 2,
      y,
      length,
      unit * (0.15 + 0.4 * share),
      colour,
      `rx="${n(unit * 0.2)}" fill-opacity="${opacity}"`,
    );
  }).join('');
}
