/**
 * Draws the README's picture, two cards as the platforms show them, from what a demo has saved:
 * npm run demo -- --once && node scripts/card-picture.mjs
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { root } from './project.mjs';

const width = 1600;
const height = 1020;
const gap = 8;
const input = join(root, 'demo-output');
const output = join(root, 'docs/images/card.jpg');
const font = 'font-family="DejaVu Sans, sans-serif"';

/** @type {{ input: Buffer, left: number, top: number }[]} */
const pictures = [];

/**
 * @param {string} name
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {number} radius
 */
async function place(name, box, radius = 8) {
  const mask = `<svg width="${box.width}" height="${box.height}"><rect width="100%" height="100%" rx="${radius}"/></svg>`;
  const bytes = await sharp(join(input, name))
    .resize(box.width, box.height, { fit: 'cover' })
    .composite([{ input: Buffer.from(mask), blend: 'dest-in' }])
    .png()
    .toBuffer();
  pictures.push({ input: bytes, left: box.left, top: box.top });
}

/** @typedef {{ size?: number, fill?: string, weight?: string, anchor?: string }} TextStyle */

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {TextStyle} style
 */
function text(x, y, words, { size = 20, fill = '#dbdee1', weight = '400', anchor = 'start' } = {}) {
  return `<text x="${x}" y="${y}" ${font} font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${words}</text>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {string} fill
 */
function box(x, y, w, h, fill, radius = 8) {
  return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}" fill="${fill}"/>`;
}

/**
 * A row of buttons that begins at `x`.
 * @param {number} x
 * @param {number} y
 * @param {readonly { label: string, wide: number, fill: string }[]} buttons
 */
function row(x, y, buttons, high = 44, ink = '#ffffff') {
  let left = x;
  return buttons
    .map(({ label, wide, fill }) => {
      const middle = left + wide / 2;
      const drawn =
        box(left, y, wide, high, fill) +
        text(middle, y + high / 2 + 7, label, { fill: ink, weight: '500', anchor: 'middle' });
      left += wide + gap;
      return drawn;
    })
    .join('');
}

/**
 * Who asked, who answers, and for what.
 * @param {number} left
 * @param {number} top
 * @param {string} prompt
 */
function discordHead(left, top, prompt) {
  const asked = '<tspan font-weight="600">Ada</tspan> used <tspan fill="#7a9bff">/imagine</tspan>';
  const easel = 'M56 152l16-38 16 38M61 141h22M72 114v-8';
  const heading = `<tspan font-weight="700">${prompt}</tspan> — <tspan fill="#a9b9ff">@Ada</tspan>`;
  return [
    text(left, top + 74, asked, { size: 17, fill: '#949ba4' }),
    `<g transform="translate(0 ${top})" fill="none">`,
    `<path d="M72 100V80q0-12 12-12h36" stroke="#4e5058" stroke-width="3"/>`,
    `<circle cx="72" cy="134" r="32" fill="#e9b44c"/>`,
    `<path d="${easel}" stroke="#2b2d31" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>`,
    '</g>',
    text(left, top + 124, 'Easel', { weight: '700', fill: '#f2f3f5' }),
    box(left + 70, top + 106, 50, 23, '#5865f2', 5),
    text(left + 95, top + 123, 'APP', { size: 14, weight: '700', anchor: 'middle', fill: '#fff' }),
    text(left, top + 163, heading),
  ].join('');
}

async function discordCard() {
  const left = 132;
  const wide = 620;
  const top = 190;
  const half = (wide - gap) / 2;
  const third = (wide - 2 * gap) / 3;
  const size = (/** @type {number} */ w) => ({ width: Math.round(w), height: Math.round(w / 1.5) });
  const below = top + Math.round(half / 1.5) + gap;
  await place('01-discord-imagine-grid.jpg', { left, top, ...size(half) });
  await place('01-discord-imagine-1.jpg', { left: left + half + gap, top, ...size(half) });
  for (const [index, number] of [2, 3, 4].entries()) {
    const at = { left: Math.round(left + index * (third + gap)), top: below, ...size(third) };
    await place(`01-discord-imagine-${number}.jpg`, at);
  }
  const end = below + Math.round(third / 1.5);
  const grey = { wide: 72, fill: '#4e5058' };
  const numbered = (/** @type {string} */ letter) =>
    [1, 2, 3, 4].map((number) => ({ label: `${letter}${number}`, ...grey }));
  const again = { label: '↻', ...grey };
  return [
    box(0, 0, 800, height, '#313338', 0),
    discordHead(left, 0, 'a lighthouse at dusk, stormy sea'),
    text(left, end + 34, '4 images · 5.2 s · Sketch (built-in) · seed 7', {
      size: 16,
      fill: '#b5bac1',
    }),
    row(left, end + 54, [...numbered('U'), again]),
    row(left, end + 54 + 52, numbered('V')),
    row(left, end + 54 + 104, [{ label: 'Delete', wide: 100, fill: '#da373c' }]),
    discordHead(left, 722, 'a neon city at night in the rain'),
    text(left, 918, '▰▰▰▰▰▱▱▱▱▱ 59% · 3 s', { size: 17, fill: '#b5bac1' }),
    row(left, 938, [{ label: 'Cancel', wide: 100, fill: '#4e5058' }]),
  ].join('');
}

async function telegramCard() {
  const asked = { left: 1110, top: 40, width: 430, height: 290 };
  const card = { left: 860, top: 440, width: 480, height: 310 };
  const captioned = asked.top + asked.height;
  await place('02-telegram-photo-input.jpg', asked, 16);
  await place('02-telegram-photo-painted.jpg', card, 16);
  const under = card.top + card.height;
  const glass = '#5b7f8acc';
  return [
    '<defs><linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#b8d3b0"/><stop offset="1" stop-color="#8fbcc0"/></linearGradient></defs>',
    `<rect x="800" width="800" height="${height}" fill="url(#wall)"/>`,
    box(asked.left - 6, asked.top - 6, asked.width + 12, asked.height + 76, '#e6ffd3', 20),
    text(asked.left + 12, captioned + 30, 'an oil painting of an apple', {
      size: 19,
      fill: '#111',
    }),
    text(asked.left + 12, captioned + 56, 'at sunset --strength 0.5', { size: 19, fill: '#111' }),
    box(card.left - 6, card.top - 6, card.width + 12, card.height + 98, '#ffffff', 20),
    text(card.left + 12, under + 30, 'an oil painting of an apple', {
      size: 19,
      weight: '700',
      fill: '#111',
    }),
    text(card.left + 12, under + 56, '<tspan font-weight="700">at sunset</tspan> — Bruno', {
      size: 19,
      fill: '#111',
    }),
    text(card.left + 12, under + 82, '1 image · 2.6 s · Sketch (built-in) · seed 1771568136', {
      size: 15,
      fill: '#555',
    }),
    row(card.left - 6, under + 102, [
      { label: 'U1', wide: 242, fill: glass },
      { label: '↻', wide: 242, fill: glass },
    ]),
    row(card.left - 6, under + 154, [{ label: 'V1', wide: 492, fill: glass }]),
    row(card.left - 6, under + 206, [{ label: 'Delete', wide: 492, fill: '#d9484ccc' }]),
  ].join('');
}

const shapes = (await discordCard()) + (await telegramCard());
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`;
await sharp(Buffer.from(svg)).flatten().composite(pictures).jpeg({ quality: 84 }).toFile(output);
