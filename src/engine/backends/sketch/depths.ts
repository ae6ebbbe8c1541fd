import type { Canvas } from './canvas.js';
import { darken, lighten, mix, turnHue } from './colour.js';
import { drawBubbles, drawFish, drawJellyfish, reefColour } from './creatures.js';
import { below, crest } from './land.js';
import { between, times } from './random.js';
import { circle, ellipse, group, n, path, polygon, radial, rect, smooth, vertical } from './svg.js';

/** Stars, clouds of gas, and planets, one of them with rings. */
export function drawSpace(canvas: Canvas): string {
  const { width, height, unit, accent, reading } = canvas;
  const random = canvas.stream('space');
  const night = vertical([0, '#05060f'], [1, '#141233']);
  const gas = times(7, (i) => {
    const colour = turnHue(reading.colours[0] ?? accent, i * 28 - 60);
    const cloud = radial([0, colour, 0.42], [0.5, colour, 0.14], [1, colour, 0]);
    const along = (i + 0.5) / 7;
    const x = width * along;
    const y = height * (0.75 - along * 0.5 + between(random, -0.16, 0.16));
    const size = unit * between(random, 24, 48);
    return (
      cloud.defs +
      ellipse(x, y, size * 1.4, size, cloud.fill, `transform="rotate(-30 ${n(x)} ${n(y)})"`)
    );
  });
  const stars = times(300, () => {
    const size = unit * (random() < 0.05 ? between(random, 0.3, 0.45) : between(random, 0.06, 0.2));
    return circle(
      random() * width,
      random() * height,
      size,
      '#fffaf0',
      `fill-opacity="${between(random, 0.35, 1).toFixed(2)}"`,
    );
  });
  const [x, y] = [width * between(random, 0.25, 0.75), height * between(random, 0.28, 0.6)];
  const main = drawPlanet(canvas, 'planet', x, y, unit * between(random, 15, 24), true);
  const far = drawPlanet(
    canvas,
    'moon',
    width - x * 0.8,
    height - y * 0.7,
    unit * between(random, 4, 8),
    false,
  );
  return [night.defs, rect(0, 0, width, height, night.fill), ...gas, ...stars, far, main].join('');
}

function drawPlanet(
  canvas: Canvas,
  part: string,
  x: number,
  y: number,
  radius: number,
  isRinged: boolean,
) {
  const random = canvas.stream(part);
  const own = turnHue(canvas.reading.colours[0] ?? canvas.accent, between(random, -40, 40));
  const body = vertical([0, lighten(own, 0.3)], [1, darken(own, 0.35)]);
  const id = `clip-${part}`;
  const bands = times(6, (i) => {
    const at = -radius + (radius * 2 * (i + random())) / 6;
    const colour = i % 2 === 0 ? lighten(own, 0.3) : darken(own, 0.25);
    return ellipse(
      0,
      at,
      radius * 1.2,
      radius * between(random, 0.04, 0.13),
      colour,
      'fill-opacity="0.55"',
    );
  });
  const ring = (half: 'back' | 'front') => {
    const sweep = half === 'back' ? 1 : 0;
    const arc = (r: number) => `M${n(-r)} 0A${n(r)} ${n(r * 0.26)} 0 0 ${sweep} ${n(r)} 0`;
    const colour = mix(own, '#fff3d6', 0.6);
    return (
      path(
        arc(radius * 1.75),
        'none',
        `stroke="${colour}" stroke-width="${n(radius * 0.13)}" stroke-opacity="0.85"`,
      ) +
      path(
        arc(radius * 1.5),
        'none',
        `stroke="${darken(colour, 0.25)}" stroke-width="${n(radius * 0.08)}" stroke-opacity="0.8"`,
      )
    );
  };
  return group(
    `transform="translate(${n(x)} ${n(y)}) rotate(${n(between(random, -26, 26))})"`,
    `<clipPath id="${id}">${circle(0, 0, radius, '#fff')}</clipPath>${body.defs}`,
    isRinged ? ring('back') : '',
    circle(0, 0, radius, body.fill),
    group(
      `clip-path="url(#${id})"`,
      ...bands,
      circle(
        -radius * 0.45,
        -radius * 0.4,
        radius * 1.35,
        'none',
        `stroke="#05060f" stroke-opacity="0.5" stroke-width="${n(radius * 0.7)}"`,
      ),
    ),
    isRinged ? ring('front') : '',
  );
}

/** Light from above, weeds, corals and fish. */
export function drawUnderwater(canvas: Canvas): string {
  const { width, height, unit, reading } = canvas;
  const random = canvas.stream('underwater');
  const own = reading.subjects.length === 0 ? reading.colours[0] : undefined;
  const tone = (colour: string) =>
    turnHue(own ? mix(colour, own, 0.4) : colour, between(canvas.stream('tone'), -18, 18));
  const water = vertical([0, tone('#8fe3de')], [0.35, tone('#2a9bb5')], [1, tone('#0a2f5c')]);
  const shafts = times(7, () => {
    const x = random() * width;
    const wide = unit * between(random, 4, 11);
    const drift = unit * between(random, -26, 26);
    const beam = vertical([0, '#ffffff', 0.3], [1, '#ffffff', 0]);
    return (
      beam.defs +
      polygon(
        [
          [x, 0],
          [x + wide, 0],
          [x + wide * 2.4 + drift, height * 0.85],
          [x + drift - wide, height * 0.85],
        ],
        beam.fill,
      )
    );
  });
  const floor = [0.84, 0.9].map((share, i) =>
    below(
      canvas,
      crest(canvas, canvas.stream(`floor ${i}`), height * share, unit * 3),
      tone(i === 0 ? '#1b5f7d' : '#12405f'),
    ),
  );
  const corals = times(width / (unit * 9), (i) => {
    const x = random() * width;
    const foot = height * between(random, 0.9, 1.02);
    return drawCoral(canvas, `coral ${i}`, x, foot, unit * between(random, 10, 24));
  });
  const jellies = reading.mentions('jellyfish')
    ? times(5, (i) =>
        drawJellyfish(
          canvas,
          width * between(random, 0.12, 0.88),
          height * between(random, 0.16, 0.6),
          unit * between(random, 12, 26),
          reefColour(canvas, `jelly ${i}`),
        ),
      )
    : [];
  const school = times(jellies.length > 0 ? 5 : 11, (i) => {
    const own = reading.subjects.includes('fish')
      ? reefColour(canvas, 'school')
      : reefColour(canvas, `fish ${i}`);
    return drawFish(
      canvas,
      random() * width,
      height * between(random, 0.2, 0.78),
      unit * between(random, 6, 17),
      own,
      random() < 0.5 ? 1 : -1,
    );
  });
  return [
    water.defs,
    rect(0, 0, width, height, water.fill),
    ...shafts,
    floor[0],
    ...jellies,
    ...school,
    floor[1],
    ...corals,
    drawBubbles(canvas),
  ].join('');
}

function drawCoral(canvas: Canvas, part: string, x: number, foot: number, tall: number): string {
  const random = canvas.stream(part);
  const own = random() < 0.35 ? '#2f8f6d' : reefColour(canvas, part);
  const colour = mix(own, '#12405f', 0.2);
  if (random() < 0.45) {
    return times(5, (i) => {
      const sway = between(random, -0.2, 0.2) * tall;
      const at = x + (i - 2) * tall * 0.1;
      const top = foot - tall * between(random, 0.8, 1.7);
      const blade = smooth([
        [at, foot],
        [at + sway, foot - (foot - top) * 0.35],
        [at - sway, foot - (foot - top) * 0.7],
        [at + sway * 0.6, top],
      ]);
      return path(
        blade,
        'none',
        `stroke="${mix(colour, '#ffffff', i * 0.04)}" stroke-width="${n(tall * 0.07)}" stroke-linecap="round"`,
      );
    }).join('');
  }
  const branch = (bx: number, by: number, angle: number, length: number, depth: number): string => {
    const tip = [bx + Math.sin(angle) * length, by - Math.cos(angle) * length] as const;
    const line = `<line x1="${n(bx)}" y1="${n(by)}" x2="${n(tip[0])}" y2="${n(tip[1])}" stroke="${mix(colour, '#ffffff', (3 - depth) * 0.09)}" stroke-width="${n(tall * 0.028 * (depth + 1))}" stroke-linecap="round"/>`;
    if (depth === 0) return line;
    return (
      line +
      [-0.5, 0.45]
        .map((turn) =>
          branch(
            tip[0],
            tip[1],
            angle + turn * between(random, 0.6, 1.2),
            length * 0.74,
            depth - 1,
          ),
        )
        .join('')
    );
  };
  return branch(x, foot, 0, tall * 0.34, 3);
}
