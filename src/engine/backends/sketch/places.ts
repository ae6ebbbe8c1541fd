import { drawAbstract } from './abstract.js';
import { type Canvas, seen } from './canvas.js';
import { drawCity } from './city.js';
import { darken, mix } from './colour.js';
import { drawSpace, drawUnderwater } from './depths.js';
import { drawHills, drawMountains, drawWater } from './land.js';
import { drawFir, drawFlowers, drawForest, drawGrass, drawRoundTree } from './plants.js';
import { drawPortrait } from './portrait.js';
import { between, pick, times } from './random.js';
import { drawSky } from './sky.js';
import { group, n, path } from './svg.js';
import type { Place } from './vocabulary.js';

const greens = ['#4f7f45', '#6d8b3f', '#3f7a5c', '#7d8f4a'] as const;

/** What is behind the subjects, for each place. */
export const places: Readonly<Record<Place, (canvas: Canvas) => string>> = {
  hills: (canvas) => {
    const ground = groundOf(canvas);
    const sky = drawSky(canvas, { horizon: canvas.horizon });
    return sky + drawHills(canvas, ground, 5, 5) + drawLonelyTrees(canvas);
  },

  mountains: (canvas) => {
    const foothills = { ...canvas, horizon: canvas.horizon + canvas.height * 0.12 };
    const sky = drawSky(canvas, { horizon: canvas.horizon });
    return sky + drawMountains(canvas) + drawHills(foothills, groundOf(canvas), 3);
  },

  sea: (canvas) => drawSky(canvas, { horizon: canvas.horizon }) + drawWater(canvas, canvas.horizon),

  city: (canvas) => drawSky(canvas, { horizon: canvas.horizon }) + drawCity(canvas),

  forest: (canvas) => drawSky(canvas, { horizon: canvas.horizon }) + drawForest(canvas),

  snowfield: (canvas) => {
    const sky = drawSky(canvas, { horizon: canvas.horizon });
    if (['arctic', 'glacier', 'ice', '冰'].some(canvas.reading.mentions)) {
      return sky + drawMountains(canvas) + drawHills(canvas, '#e6edf2', 3, 3);
    }
    return sky + drawForest(canvas);
  },

  desert: (canvas) => {
    const sand = pick(canvas.stream('sand'), ['#d99a5b', '#c9824f', '#e0b070'] as const);
    const sky = drawSky(canvas, { horizon: canvas.horizon });
    return sky + drawHills(canvas, sand, 4, 7) + drawCacti(canvas);
  },

  meadow: (canvas) => {
    const ground = groundOf(canvas);
    const from = canvas.horizon + (canvas.height - canvas.horizon) * 0.22;
    return [
      drawSky(canvas, { horizon: canvas.horizon }),
      drawHills(canvas, ground, 3, 4),
      drawFlowers(canvas, from, canvas.reading.subjects[0] === 'flowers' ? 1 : 0.45),
      drawGrass(canvas, seen(canvas, mix(ground, '#1d3a24', 0.4), 0)),
    ].join('');
  },

  space: drawSpace,
  underwater: drawUnderwater,
  abstract: drawAbstract,
  portrait: drawPortrait,
};

function groundOf(canvas: Canvas) {
  const isCold = canvas.reading.weather.includes('snow') || canvas.reading.place === 'snowfield';
  const isAutumn = ['autumn', 'fall', '秋'].some(canvas.reading.mentions);
  if (isCold) return '#e3eaf0';
  return isAutumn ? '#a9763a' : pick(canvas.stream('ground'), greens);
}

/** A few trees on the near hills, for scale. */
function drawLonelyTrees(canvas: Canvas): string {
  const { width, height, horizon, unit } = canvas;
  const random = canvas.stream('lonely trees');
  const isFir = random() < 0.4;
  return times(Math.round(between(random, 2, 6)), () => {
    const share = between(random, 0.35, 0.75);
    const x = width * between(random, 0.05, 0.95);
    const foot = horizon + (height - horizon) * share;
    const tall = unit * (5 + 15 * share);
    const leaf = seen(canvas, mix('#4c7a3d', '#8a8f3a', random()), 0.75 - share * 0.7);
    return isFir
      ? drawFir(random, x, foot, tall, leaf)
      : drawRoundTree(random, x, foot, tall, leaf, darken(leaf, 0.5));
  }).join('');
}

function drawCacti(canvas: Canvas): string {
  const { width, height, unit, horizon } = canvas;
  const random = canvas.stream('cacti');
  return times(4, () => {
    const share = between(random, 0.3, 0.85);
    const tall = unit * (4 + 22 * share);
    const colour = seen(canvas, '#4c8052', 0.7 - share * 0.7);
    const arm = 'M0 0V-94M0 -38H-24V-66M0 -28H24V-58';
    const place = `translate(${n(width * between(random, 0.06, 0.94))} ${n(horizon + (height - horizon) * share)}) scale(${(tall / 100).toFixed(3)})`;
    const line = (wide: number, stroke: string, opacity: number) =>
      path(
        arm,
        'none',
        `stroke="${stroke}" stroke-width="${wide}" stroke-opacity="${opacity}" stroke-linecap="round" stroke-linejoin="round"`,
      );
    return group(`transform="${place}"`, line(16, colour, 1), line(3, darken(colour, 0.4), 0.4));
  }).join('');
}
