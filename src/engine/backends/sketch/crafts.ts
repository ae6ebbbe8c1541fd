import { type Canvas, seen } from './canvas.js';
import { darken, lighten } from './colour.js';
import { times } from './random.js';
import { circle, ellipse, group, n, path, polygon, radial, rect, vertical } from './svg.js';

/** A hanging bridge from side to side. */
export function drawBridge(canvas: Canvas, deck: number): string {
  const { width, unit, height } = canvas;
  const colour = seen(canvas, canvas.reading.colours[0] ?? '#b8452f', 0.25);
  const fill = vertical([0, lighten(colour, 0.1)], [1, darken(colour, 0.2)]);
  const top = deck - unit * 34;
  const pylons = [0.24, 0.76].map((share) => {
    const x = width * share;
    return (
      rect(x - unit * 1.7, top, unit * 1.1, height * 0.06 + deck - top, fill.fill) +
      rect(x + unit * 0.6, top, unit * 1.1, height * 0.06 + deck - top, fill.fill) +
      times(3, (i) =>
        rect(x - unit * 1.7, top + unit * (2 + i * 9), unit * 3.4, unit * 0.8, colour),
      ).join('')
    );
  });
  const cable = (x: number) => {
    const share = x / width;
    const nearest = share < 0.5 ? share : 1 - share;
    const height = nearest < 0.24 ? (nearest + 0.06) / 0.3 : ((share - 0.5) / 0.26) ** 2;
    return deck - unit * (3 + 31 * height);
  };
  const points = times(101, (i) => (width * i) / 100);
  const line = points.map((x, i) => `${i === 0 ? 'M' : 'L'}${n(x)} ${n(cable(x))}`).join('');
  const hangers = points.map((x) => `M${n(x)} ${n(cable(x))}V${n(deck)}`).join('');
  return (
    fill.defs +
    path(
      hangers,
      'none',
      `stroke="${colour}" stroke-width="${n(unit * 0.16)}" stroke-opacity="0.7"`,
    ) +
    path(line, 'none', `stroke="${colour}" stroke-width="${n(unit * 0.6)}"`) +
    rect(0, deck, width, unit * 1.8, fill.fill) +
    pylons.join('')
  );
}

/** A sailing boat; `tall` from keel to mast. */
export function drawBoat(canvas: Canvas, x: number, foot: number, tall: number): string {
  const hull = seen(canvas, canvas.reading.colours[0] ?? canvas.accent, 0.08);
  const sail = seen(canvas, '#fbf3e4', 0.08);
  const wood = seen(canvas, '#5a3d2b', 0.05);
  const flip = canvas.stream('boat')() < 0.5 ? -1 : 1;
  const scale = tall / 100;
  const body =
    path('M-36 -16H40C36 -4 28 0 20 0H-20C-28 0 -34 -6 -36 -16Z', hull) +
    path('M-36 -16H40L38.6 -12H-35Z', lighten(hull, 0.35)) +
    path('M-27 -4C-24 -1 -22 0 -20 0H20C28 0 33 -3 36 -8C20 -3 -10 -3 -27 -4Z', darken(hull, 0.3)) +
    rect(-1, -98, 1.8, 83, wood) +
    path('M2.5 -94C22 -70 32 -44 34 -22H2.5Z', sail) +
    path('M14 -76C24 -60 32 -40 34 -22H18C22 -42 20 -60 14 -76Z', darken(sail, 0.14)) +
    path('M-3 -86C-10 -60 -20 -36 -30 -24H-3Z', darken(sail, 0.07)) +
    path('M0 -98L-10 -95L0 -92Z', hull);
  const place = (up: number) =>
    `transform="translate(${n(x)} ${n(foot)}) scale(${(scale * flip).toFixed(3)} ${(scale * up).toFixed(3)})"`;
  const ripples = times(5, (i) =>
    rect(
      x - tall * (0.44 - i * 0.05),
      foot + tall * (0.015 + i * 0.035),
      tall * (0.88 - i * 0.1),
      tall * 0.008,
      lighten(canvas.light.low, 0.2),
      'rx="2" fill-opacity="0.4"',
    ),
  );
  return group(`${place(-0.55)} opacity="0.28"`, body) + group(place(1), body) + ripples.join('');
}

/** A hot-air balloon; `y` the middle of its envelope. */
export function drawBalloon(canvas: Canvas, x: number, y: number, tall: number, part = ''): string {
  const random = canvas.stream(`balloon ${part}`);
  const own = canvas.reading.colours[0];
  const first = seen(canvas, own ?? canvas.accent, 0.12);
  const second = seen(
    canvas,
    canvas.reading.colours[1] ?? (random() < 0.5 ? '#fbf0d9' : '#f2c14e'),
    0.12,
  );
  const wicker = seen(canvas, '#7a5230', 0.1);
  const half = (share: number) =>
    `M0 -50C${n(48 * share)} -50 ${n(48 * share)} -4 ${n(9 * share)} 28H0Z`;
  const gores = [1, 0.72, 0.4].map((share, i) => {
    const shape = half(share);
    const colour = i % 2 === 0 ? first : second;
    return (
      path(shape, darken(colour, 0.14)) + group('transform="scale(-1 1)"', path(shape, colour))
    );
  });
  return group(
    `transform="translate(${n(x)} ${n(y)}) scale(${(tall / 100).toFixed(3)})"`,
    path('M-8 28L-5 40M8 28L5 40', 'none', `stroke="${wicker}" stroke-width="0.9"`),
    ...gores,
    ellipse(-15, -28, 5, 12, '#ffffff', 'fill-opacity="0.22" transform="rotate(18 -15 -28)"'),
    rect(-9, 26, 18, 3, darken(first, 0.3), 'rx="1.5"'),
    rect(-6, 40, 12, 9, wicker, 'rx="1.6"'),
    rect(-6.8, 39, 13.6, 2.2, darken(wicker, 0.3), 'rx="1"'),
  );
}

/** A rocket on its way; `y` its middle. */
export function drawRocket(canvas: Canvas, x: number, y: number, tall: number): string {
  const shell = seen(canvas, '#f1efe9', 0);
  const trim = canvas.reading.colours[0] ?? canvas.accent;
  const flame = radial([0, '#fff6c9'], [0.4, '#ffb347', 0.9], [1, '#ff5a36', 0]);
  const lean = 8 + canvas.stream('rocket')() * 22;
  return group(
    `transform="translate(${n(x)} ${n(y)}) rotate(${n(lean)}) scale(${(tall / 100).toFixed(3)})"`,
    flame.defs,
    ellipse(0, 52, 13, 34, flame.fill),
    ellipse(0, 44, 6, 16, '#fff3c4'),
    path('M-13 8C-24 16 -27 28 -26 40L-11 30Z', trim),
    path('M13 8C24 16 27 28 26 40L11 30Z', darken(trim, 0.25)),
    path('M0 -50C17 -32 20 4 11 32H-11C-20 4 -17 -32 0 -50Z', shell),
    path('M0 -50C17 -32 20 4 11 32H3C10 4 10 -32 0 -50Z', darken(shell, 0.22)),
    path('M0 -50C7.5 -42 12 -33 14 -24H-14C-12 -33 -7.5 -42 0 -50Z', trim),
    polygon(
      [
        [-9, 32],
        [9, 32],
        [7, 37],
        [-7, 37],
      ],
      darken(shell, 0.6),
    ),
    circle(0, -6, 8, darken(trim, 0.35)),
    circle(0, -6, 5.8, '#8fd3ea'),
    path(
      'M-4 -8A5 5 0 0 1 1 -11',
      'none',
      'stroke="#ffffff" stroke-width="1.4" stroke-linecap="round"',
    ),
  );
}
