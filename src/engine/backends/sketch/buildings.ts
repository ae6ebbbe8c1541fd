import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten } from './colour.js';
import { times } from './random.js';
import { circle, ellipse, group, n, path, polygon, radial, rect } from './svg.js';

/** Moves a drawing made around its foot, 100 high, to its place. */
function placed(x: number, foot: number, tall: number, ...content: readonly string[]): string {
  const scale = (tall / 100).toFixed(3);
  return group(`transform="translate(${n(x)} ${n(foot)}) scale(${scale})"`, ...content);
}

export function drawLighthouse(canvas: Canvas, x: number, foot: number, tall: number): string {
  const { light, accent, width, reading } = canvas;
  const band = seen(canvas, reading.colours[0] ?? accent, 0.1);
  const wall = seen(canvas, '#f4efe6', 0.1);
  const dark = seen(canvas, '#2b3040', 0.05);
  const half = (y: number) => 10 + (y / -84) * -4;
  const stripe = (from: number, to: number, colour: Colour) =>
    polygon(
      [
        [-half(from), from],
        [half(from), from],
        [half(to), to],
        [-half(to), to],
      ],
      colour,
    );
  const bands = times(6, (i) => stripe(-14 * i, -14 * (i + 1), i % 2 === 0 ? wall : band));
  const side = polygon(
    [
      [half(0) * 0.35, 0],
      [half(0), 0],
      [half(-84), -84],
      [half(-84) * 0.35, -84],
    ],
    dark,
    'fill-opacity="0.3"',
  );
  const isLit = light.brightness < 0.7;
  const beam = radial([0, '#fff3c4', 0.85], [1, '#fff3c4', 0]);
  const reach = (width / tall) * 100;
  const beams = isLit
    ? beam.defs +
      polygon(
        [
          [0, -90],
          [-reach, -112],
          [-reach, -80],
        ],
        beam.fill,
        'fill-opacity="0.5"',
      ) +
      polygon(
        [
          [0, -90],
          [reach, -106],
          [reach, -74],
        ],
        beam.fill,
        'fill-opacity="0.5"',
      ) +
      circle(0, -90, 20, beam.fill)
    : '';
  return placed(
    x,
    foot,
    tall,
    ...bands,
    side,
    rect(-1.6, -36, 3.2, 5, dark, 'rx="1.6"'),
    rect(-1.4, -64, 2.8, 4.4, dark, 'rx="1.4"'),
    path('M-3 0V-8A3 3 0 0 1 3 -8V0Z', dark),
    beams,
    rect(-8.5, -86, 17, 2.4, dark),
    rect(-4.6, -95, 9.2, 9.4, isLit ? '#fff0b0' : lighten(wall, 0.2)),
    path('M-4.6 -95V-86M0 -95V-86M4.6 -95V-86', 'none', `stroke="${dark}" stroke-width="0.8"`),
    path('M-6 -95Q0 -107 6 -95Z', band),
    rect(-0.4, -106, 0.8, 6, dark),
  );
}

/** A cabin with a lit window and smoke. */
export function drawHouse(canvas: Canvas, x: number, foot: number, tall: number): string {
  const { light, accent, reading } = canvas;
  const wall = seen(canvas, reading.colours[0] ?? '#b9825a', 0.08);
  const roof = seen(canvas, reading.weather.includes('snow') ? '#f1f4f7' : accent, 0.08);
  const glow = light.brightness < 0.7 ? '#ffd98a' : lighten(light.low, 0.2);
  const frame = darken(wall, 0.5);
  const pane = (left: number) =>
    rect(left, -38, 15, 15, glow, `stroke="${frame}" stroke-width="2"`) +
    path(
      `M${left + 7.5} -38V-23M${left} -30.5H${left + 15}`,
      'none',
      `stroke="${frame}" stroke-width="1.4"`,
    );
  const smoke = [
    [33, -100, 5],
    [38, -112, 7],
    [34, -127, 9],
  ].map(([cx = 0, cy = 0, r = 0]) => circle(cx, cy, r, light.low, 'fill-opacity="0.4"'));
  return placed(
    x,
    foot,
    tall,
    ellipse(0, 0, 66, 5, '#0a1020', 'fill-opacity="0.3"'),
    ...smoke,
    rect(27, -92, 9, 28, darken(wall, 0.35)),
    rect(-45, -50, 90, 50, wall),
    path(
      'M-45 -40H45M-45 -30H45M-45 -20H45M-45 -10H45',
      'none',
      `stroke="${darken(wall, 0.18)}" stroke-width="1.2"`,
    ),
    rect(12, -50, 33, 50, darken(wall, 0.3), 'fill-opacity="0.35"'),
    polygon(
      [
        [-54, -48],
        [0, -86],
        [54, -48],
      ],
      roof,
    ),
    polygon(
      [
        [0, -86],
        [54, -48],
        [14, -48],
      ],
      darken(roof, 0.22),
    ),
    pane(-37),
    pane(21),
    path('M-9 0V-26A9 9 0 0 1 9 -26V0Z', frame),
    circle(5, -13, 1.2, glow),
  );
}

export function drawCastle(canvas: Canvas, x: number, foot: number, tall: number): string {
  const { light, accent } = canvas;
  const stone = seen(canvas, canvas.reading.colours[0] ?? '#8d8796', 0.12);
  const shade = darken(stone, 0.28);
  const roof = seen(canvas, accent, 0.12);
  const glow = light.brightness < 0.7 ? '#ffd98a' : darken(stone, 0.6);
  const tower = (at: number, wide: number, high: number) => {
    const half = wide / 2;
    return (
      rect(at - half, -high, wide, high, stone) +
      rect(at + half * 0.2, -high, half * 0.8, high, shade) +
      rect(at - half - 1.5, -high - 4, wide + 3, 5, stone) +
      polygon(
        [
          [at - half - 2.5, -high - 4],
          [at, -high - 4 - wide * 1.5],
          [at + half + 2.5, -high - 4],
        ],
        roof,
      ) +
      polygon(
        [
          [at, -high - 4 - wide * 1.5],
          [at + half + 2.5, -high - 4],
          [at + half * 0.3, -high - 4],
        ],
        darken(roof, 0.25),
      ) +
      path(
        `M${at} ${-high - 4 - wide * 1.5}v-7l6 2.4l-6 2.4`,
        accent,
        `stroke="${shade}" stroke-width="0.6"`,
      ) +
      rect(at - 1.5, -high + 6, 3, 6, glow, 'rx="1.5"')
    );
  };
  const teeth = times(9, (i) => rect(-36 + i * 8.4, -33, 4.6, 5, stone));
  return placed(
    x,
    foot,
    tall,
    tower(-13, 12, 62),
    tower(15, 14, 72),
    rect(-36, -29, 72, 29, stone),
    rect(6, -29, 30, 29, shade, 'fill-opacity="0.5"'),
    ...teeth,
    tower(-38, 14, 44),
    tower(38, 14, 50),
    path('M-8 0V-13A8 8 0 0 1 8 -13V0Z', darken(stone, 0.65)),
    ...[-22, 22].map((at) => rect(at - 1.6, -20, 3.2, 7, glow, 'rx="1.6"')),
  );
}

export function drawMill(canvas: Canvas, x: number, foot: number, tall: number): string {
  const wall = seen(canvas, '#efe6d6', 0.1);
  const roof = seen(canvas, canvas.reading.colours[0] ?? canvas.accent, 0.1);
  const wood = seen(canvas, '#5a4030', 0.05);
  const turn = canvas.stream('mill')() * 90;
  const sail =
    rect(-0.8, -46, 1.6, 46, wood) +
    rect(1, -45, 9, 34, wall, `stroke="${wood}" stroke-width="0.9" fill-opacity="0.92"`) +
    path('M1 -36H10M1 -28H10M1 -20H10', 'none', `stroke="${wood}" stroke-width="0.6"`);
  const sails = times(4, (i) =>
    group(`transform="translate(0 -66) rotate(${n(turn + i * 90)})"`, sail),
  );
  return placed(
    x,
    foot,
    tall,
    polygon(
      [
        [-20, 0],
        [20, 0],
        [12, -66],
        [-12, -66],
      ],
      wall,
    ),
    polygon(
      [
        [6, 0],
        [20, 0],
        [12, -66],
        [4, -66],
      ],
      darken(wall, 0.25),
    ),
    path('M-14 -66Q0 -90 14 -66Z', roof),
    path('M-5 0V-11A5 5 0 0 1 5 -11V0Z', wood),
    rect(-3, -40, 6, 8, wood, 'rx="3"'),
    ...sails,
    circle(0, -66, 3, wood),
  );
}
