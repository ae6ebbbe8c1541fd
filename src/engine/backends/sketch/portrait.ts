import type { Canvas } from './canvas.js';
import { type Colour, darken, lighten, mix } from './colour.js';
import { between, pick, times } from './random.js';
import { circle, ellipse, group, n, path, polygon, radial, rect } from './svg.js';

const skins = ['#f2cfb3', '#e3b08a', '#c68a62', '#9a6240', '#6f4630'] as const;
const hairs = ['#2b1d1a', '#5b3322', '#a8622f', '#d9a94e', '#7d2b22', '#c9c3bd'] as const;

/** Head and shoulders before a halo, in flat planes of light and shade. */
export function drawPortrait(canvas: Canvas): string {
  const { width, height, unit, light, accent, reading } = canvas;
  const backdrop = radial([0, light.low], [0.55, light.middle], [1, light.top]);
  const scale = Math.min(width / 92, height / 108);
  const isRobot = ['robot', 'android', '机器人'].some(reading.mentions);
  return (
    backdrop.defs +
    rect(0, 0, width, height, backdrop.fill) +
    drawRays(canvas, width / 2, height - scale * 58, unit * 120) +
    circle(width / 2, height - scale * 58, scale * 39, accent, 'fill-opacity="0.3"') +
    circle(
      width / 2,
      height - scale * 58,
      scale * 34,
      mix(light.glow, accent, 0.2),
      'fill-opacity="0.8"',
    ) +
    group(
      `transform="translate(${n(width / 2)} ${n(height)}) scale(${scale.toFixed(3)})"`,
      isRobot ? drawRobot(canvas) : drawPerson(canvas),
    )
  );
}

function drawRays({ light }: Canvas, x: number, y: number, reach: number): string {
  return times(24, (i) => {
    const [a, b] = [((i - 0.25) / 12) * Math.PI, ((i + 0.25) / 12) * Math.PI];
    return polygon(
      [
        [x, y],
        [x + Math.cos(a) * reach, y + Math.sin(a) * reach],
        [x + Math.cos(b) * reach, y + Math.sin(b) * reach],
      ],
      light.glow,
      'fill-opacity="0.1"',
    );
  }).join('');
}

function drawPerson(canvas: Canvas): string {
  const { reading, accent } = canvas;
  const random = canvas.stream('person');
  const skin = pick(random, skins);
  const hair = pick(random, hairs);
  const cloth = reading.colours[0] ?? accent;
  const trim = '#e9b44c';
  const has = (...words: string[]) => words.some(reading.mentions);
  const isShort = has(
    'man',
    'boy',
    'king',
    'prince',
    'knight',
    'warrior',
    'wizard',
    '男孩',
    '国王',
    '骑士',
  );
  const shade = darken(mix(skin, '#8a2f3f', 0.22), 0.16);
  const long =
    'M-21 -76C-32 -58 -27 -34 -33 -12C-18 -2 18 -2 33 -12C27 -34 32 -58 21 -76C12 -94 -12 -94 -21 -76Z';
  return [
    isShort ? '' : path(long, darken(hair, 0.15)),
    path('M-46 4C-46 -18 -30 -22 -13 -27L0 -20L13 -27C30 -22 46 -18 46 4Z', cloth),
    path('M6 4L13 -27C30 -22 46 -18 46 4Z', darken(cloth, 0.25)),
    path('M-8.5 -42H8.500V-28C8.5 -22 0 -15 0 -15C0 -15 -8.5 -22 -8.5 -28Z', shade),
    path('M-14 -27L0 -10L14 -27', 'none', `stroke="${trim}" stroke-width="2.4"`),
    circle(0, -8, 2.6, trim),
    circle(0, -8, 1.4, lighten(cloth, 0.5)),
    path(
      'M-18.5 -66C-18.5 -46 -9 -34 0 -34C9 -34 18.5 -46 18.5 -66C18.5 -84 -18.5 -84 -18.5 -66Z',
      skin,
    ),
    path(
      'M3 -79C14 -79 18.5 -74 18.5 -66C18.5 -46 9 -34 0 -34C7 -42 8 -50 4 -56C8 -64 8 -72 3 -79Z',
      shade,
      'fill-opacity="0.6"',
    ),
    drawFeatures(hair, shade),
    has('beard', 'king', 'wizard', '国王')
      ? path(
          'M-16 -54C-14 -42 -9 -26 0 -24C9 -26 14 -42 16 -54C10 -46 6 -47 0 -47C-6 -47 -10 -46 -16 -54Z',
          hair,
        )
      : '',
    isShort
      ? path(
          'M-20 -62C-23 -84 -10 -90 2 -89C16 -88 23 -80 20 -62C17 -72 12 -77 2 -78C-8 -77 -16 -74 -20 -62Z',
          hair,
        )
      : path(
          'M0 -88C-18 -88 -25 -74 -22 -54C-26 -40 -25 -28 -29 -16C-23 -26 -18 -44 -17.5 -60C-14 -70 -6 -76 0 -79C6 -76 14 -70 17.5 -60C18 -44 23 -26 29 -16C25 -28 26 -40 22 -54C25 -74 18 -88 0 -88Z',
          hair,
        ),
    isShort
      ? ''
      : path(
          'M-21 -70C-18 -80 -8 -85 -2 -84M21 -70C18 -80 10 -84 4 -84',
          'none',
          `stroke="${lighten(hair, 0.25)}" stroke-width="1.1" stroke-linecap="round"`,
        ),
    drawHeadgear(canvas, trim, cloth, has),
    isShort ? '' : circle(-18.5, -48, 1.3, trim) + circle(18.5, -48, 1.3, trim),
  ].join('');
}

function drawFeatures(hair: Colour, shade: Colour): string {
  const line = (data: string, colour: Colour, wide: number) =>
    path(data, 'none', `stroke="${colour}" stroke-width="${wide}" stroke-linecap="round"`);
  const lash = '#22161a';
  return (
    line('M-13 -67.500Q-8.5 -70 -4 -67.500M4 -67.500Q8.5 -70 13 -67.5', hair, 1.3) +
    line('M-12.5 -61.500Q-8.5 -58.6 -4.5 -61.500M4.5 -61.500Q8.5 -58.6 12.5 -61.5', lash, 1.2) +
    line('M-12.5 -61.500l-1.6 1M12.5 -61.500l1.6 1M-8.5 -60l0 1.500M8.5 -60l0 1.5', lash, 0.8) +
    line('M1 -63C3 -56 3.5 -54 0.5 -52.5', shade, 1.1) +
    path('M-5.5 -45.500Q-2 -47.8 0 -46.600Q2 -47.8 5.5 -45.500Q0 -41.5 -5.5 -45.500Z', '#b5404a') +
    ellipse(-11.5, -53, 3.6, 2.3, '#e0604f', 'fill-opacity="0.28"') +
    ellipse(11.5, -53, 3.6, 2.3, '#e0604f', 'fill-opacity="0.28"')
  );
}

function drawHeadgear(
  canvas: Canvas,
  trim: Colour,
  cloth: Colour,
  has: (...words: string[]) => boolean,
): string {
  const jewels = [cloth, '#39a0c9', cloth];
  if (has('queen', 'king', 'princess', 'prince', 'crown', '女王', '国王', '公主')) {
    const tall = between(canvas.stream('crown'), 98, 104);
    return (
      path(
        `M-17 -80L-21 -${n(tall - 4)}L-11 -90L0 -${n(tall)}L11 -90L21 -${n(tall - 4)}L17 -80Q0 -85 -17 -80Z`,
        trim,
      ) +
      path(`M0 -${n(tall)}L11 -90L21 -${n(tall - 4)}L17 -80Q8 -83 0 -83Z`, darken(trim, 0.16)) +
      path('M-17 -80Q0 -85 17 -80L16.5 -76.500Q0 -81.5 -16.5 -76.500Z', darken(trim, 0.3)) +
      [-21, 0, 21]
        .map((x, i) => circle(x, -(i === 1 ? tall : tall - 4), 1.9, lighten(trim, 0.45)))
        .join('') +
      [-9, 0, 9].map((x, i) => circle(x, -86 - (i === 1 ? 2 : 0), 1.9, jewels[i] ?? cloth)).join('')
    );
  }
  if (has('wizard', 'witch')) {
    return (
      path(
        'M-32 -76Q0 -88 32 -76Q14 -80 12 -82L4 -108L-13 -81Q-18 -79 -32 -76Z',
        darken(cloth, 0.3),
      ) + path('M-13 -81Q0 -85 12 -82L11 -86Q0 -88 -11 -85Z', trim)
    );
  }
  if (has('knight', 'warrior', 'samurai', '骑士')) {
    return (
      path('M-20 -66C-22 -92 22 -92 20 -66C12 -74 -12 -74 -20 -66Z', '#9aa4b2') +
      path('M0 -87C16 -88 21 -78 20 -66C14 -72 6 -73 2 -73Z', '#6d7684') +
      path('M-2 -86C-4 -98 6 -106 16 -102C10 -98 6 -92 4 -86Z', cloth)
    );
  }
  if (has('astronaut')) {
    return (
      circle(0, -60, 29, '#ffffff', 'fill-opacity="0.16" stroke="#f4f6f8" stroke-width="4"') +
      path(
        'M-18 -76A24 24 0 0 1 -6 -83',
        'none',
        'stroke="#ffffff" stroke-width="3" stroke-linecap="round"',
      )
    );
  }
  if (has('elf')) return path('M-18 -60L-31 -72L-17 -66ZM18 -60L31 -72L17 -66Z', '#e3b08a');
  return '';
}

function drawRobot({ accent, reading, light }: Canvas): string {
  const shell = reading.colours[0] ?? '#c3ccd4';
  const shade = darken(shell, 0.28);
  const eye = accent;
  const bolts = [-30, -15, 15, 30].map((x) => circle(x, -10, 1.6, shade)).join('');
  return (
    path('M-44 4V-14C-44 -22 -34 -25 -24 -25H24C34 -25 44 -22 44 -14V4Z', shell) +
    path('M10 4V-25H24C34 -25 44 -22 44 -14V4Z', shade, 'fill-opacity="0.7"') +
    bolts +
    [0, 1, 2].map((i) => rect(-8, -34 + i * 3.4, 16, 2.2, shade, 'rx="1"')).join('') +
    rect(-1, -98, 2, 16, shade) +
    circle(0, -99, 3.4, eye) +
    circle(0, -99, 7, eye, 'fill-opacity="0.25"') +
    rect(-29, -66, 6, 16, shade, 'rx="2"') +
    rect(23, -66, 6, 16, shade, 'rx="2"') +
    rect(-24, -83, 48, 47, shell, 'rx="11"') +
    path('M4 -83H13A11 11 0 0 1 24 -72V-47A11 11 0 0 1 13 -36H4Z', shade, 'fill-opacity="0.55"') +
    rect(-19, -74, 38, 19, '#151c2b', 'rx="8"') +
    [-9, 9]
      .map(
        (x) =>
          circle(x, -64.5, 7.5, eye, 'fill-opacity="0.3"') +
          circle(x, -64.5, 4.6, eye) +
          circle(x + 1.3, -66, 1.4, '#ffffff'),
      )
      .join('') +
    [0, 1, 2, 3, 4]
      .map((i) => rect(-10 + i * 4.4, -47, 2.4, 5, mix(light.top, '#151c2b', 0.6), 'rx="1"'))
      .join('')
  );
}
