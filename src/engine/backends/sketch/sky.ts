import type { Canvas } from './canvas.js';
import { lighten, mix } from './colour.js';
import { between, times } from './random.js';
import { circle, ellipse, group, n, radial, rect, vertical } from './svg.js';

export interface SkyOptions {
  /** Where the sky ends, in pixels from the top. */
  readonly horizon: number;
  readonly withSun?: boolean;
}

/** Gradient, stars, sun or moon, clouds, aurora: what stands behind everything. */
export function drawSky(canvas: Canvas, { horizon, withSun = true }: SkyOptions): string {
  const { width, height, light, reading } = canvas;
  const air = vertical([0, light.top], [0.58, light.middle], [1, light.low]);
  const parts = [
    air.defs,
    rect(0, 0, width, horizon, air.fill),
    rect(0, horizon - 1, width, height - horizon + 1, light.low),
  ];
  const isStarry = reading.daylight === 'night' || reading.weather.includes('stars');
  const isCovered = reading.weather.some((each) => each === 'rain' || each === 'storm');
  if (isStarry && !isCovered && !reading.forbids('star')) parts.push(drawStars(canvas, horizon));
  if (reading.weather.includes('aurora')) parts.push(drawAurora(canvas, horizon));
  if (withSun && !isCovered && !reading.forbids('sun') && !reading.forbids('moon')) {
    parts.push(drawSun(canvas, horizon));
  }
  if (!reading.weather.includes('clear') && !reading.forbids('cloud')) {
    parts.push(drawClouds(canvas, horizon));
  }
  return parts.join('');
}

/** Where the sun or the moon stands. */
export function sunPosition(canvas: Canvas, horizon: number) {
  const random = canvas.stream('sun');
  const isLow = canvas.reading.daylight !== 'day' && canvas.reading.daylight !== 'night';
  const x = canvas.width * between(random, 0.2, 0.8);
  const y = isLow ? horizon * between(random, 0.66, 0.9) : horizon * between(random, 0.2, 0.42);
  const radius = canvas.unit * (isLow ? between(random, 7, 12) : between(random, 4.5, 7));
  return { x, y, radius };
}

function drawSun(canvas: Canvas, horizon: number): string {
  const { light, reading } = canvas;
  const { x, y, radius } = sunPosition(canvas, horizon);
  const halo = radial([0, light.glow, 0.75], [0.25, light.glow, 0.32], [1, light.glow, 0]);
  const parts = [halo.defs, circle(x, y, radius * 5, halo.fill), circle(x, y, radius, light.glow)];
  if (reading.daylight === 'night') {
    const shade = mix(light.glow, light.middle, 0.16);
    for (const [dx, dy, r] of [
      [-0.3, -0.2, 0.22],
      [0.25, 0.3, 0.28],
      [0.35, -0.35, 0.14],
      [-0.25, 0.45, 0.12],
    ] as const) {
      parts.push(circle(x + dx * radius, y + dy * radius, r * radius, shade));
    }
  }
  return parts.join('');
}

function drawStars(canvas: Canvas, horizon: number): string {
  const random = canvas.stream('stars');
  const area = (canvas.width * horizon) / canvas.unit ** 2;
  const stars = times(Math.min(260, area / 45), () => {
    const x = random() * canvas.width;
    const y = random() ** 1.4 * horizon;
    const isBright = random() < 0.06;
    const radius =
      canvas.unit * (isBright ? between(random, 0.3, 0.42) : between(random, 0.08, 0.2));
    return circle(x, y, radius, '#fffaf0', `fill-opacity="${between(random, 0.4, 1).toFixed(2)}"`);
  });
  return stars.join('');
}

/** Curtains of light, each of many narrow rays that fade out upwards and downwards. */
function drawAurora(canvas: Canvas, horizon: number): string {
  const { width } = canvas;
  const random = canvas.stream('aurora');
  const rays = 90;
  return ['#5cf2b0', '#46d6c8', '#9a7bf0']
    .map((colour) => {
      const ray = vertical(
        [0, colour, 0],
        [0.72, colour, 0.42],
        [0.9, colour, 0.5],
        [1, colour, 0],
      );
      const base = horizon * between(random, 0.45, 0.85);
      const [phase, pace] = [random() * 6, between(random, 4, 8)];
      const curtain = times(rays, (i) => {
        const along = i / rays;
        const wave = Math.sin(along * pace + phase) + 0.4 * Math.sin(along * pace * 2.7 + phase);
        const tall = horizon * (0.3 + 0.14 * Math.sin(along * 23 + phase) + 0.1 * random());
        const foot = base + wave * horizon * 0.13;
        return rect(along * width, foot - tall, width / rays + 0.6, tall, ray.fill);
      });
      return ray.defs + curtain.join('');
    })
    .join('');
}

function drawClouds(canvas: Canvas, horizon: number): string {
  const { width, unit, light, reading } = canvas;
  const random = canvas.stream('clouds');
  const isHeavy = reading.weather.some((w) => w === 'clouds' || w === 'storm' || w === 'rain');
  const clouds = isHeavy ? 9 : Math.floor(between(random, 2, 6));
  const colour = isHeavy ? mix(light.middle, light.low, 0.4) : lighten(light.low, 0.25);
  return times(clouds, () => {
    const length = unit * between(random, 20, isHeavy ? 62 : 44);
    const x = between(random, -0.1, 0.95) * width;
    const y = horizon * between(random, 0.06, isHeavy ? 0.6 : 0.72);
    const count = Math.round(between(random, 5, 7));
    const puffs = times(count, (i) => {
      const share = (i + 0.5) / count;
      const radius = length * (0.05 + 0.13 * Math.sin(share * Math.PI) * between(random, 0.6, 1.1));
      return ellipse(x + length * share, y - radius * 0.5, radius * 1.35, radius, colour);
    });
    const rounded = `rx="${n(length * 0.035)}"`;
    const base = rect(
      x - length * 0.02,
      y - length * 0.04,
      length * 1.04,
      length * 0.07,
      colour,
      rounded,
    );
    const opacity = between(random, 0.35, 0.75) * (0.45 + 0.55 * light.brightness);
    return group(`opacity="${Math.round(opacity * 100) / 100}"`, base, ...puffs);
  }).join('');
}
