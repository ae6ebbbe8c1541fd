import { createHash } from 'node:crypto';
import type { Colour } from './colour.js';

export type Point = readonly [x: number, y: number];

/** One decimal is finer than a pixel's edge can show. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function polygon(points: readonly Point[], fill: string, more = ''): string {
  return `<polygon points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" fill="${fill}" ${more}/>`;
}

/** A smooth line through all points (Catmull-Rom as cubic Bézier curves), as path data. */
export function smooth(points: readonly Point[]): string {
  const at = (i: number): Point => points[Math.max(0, Math.min(points.length - 1, i))] ?? [0, 0];
  let data = `M${n(at(0)[0])} ${n(at(0)[1])}`;
  for (let i = 0; i + 1 < points.length; i++) {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const c1 = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6] as const;
    const c2 = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6] as const;
    data += `C${n(c1[0])} ${n(c1[1])} ${n(c2[0])} ${n(c2[1])} ${n(to[0])} ${n(to[1])}`;
  }
  return data;
}

export function path(data: string, fill: string, more = ''): string {
  return `<path d="${data}" fill="${fill}" ${more}/>`;
}

export function circle(x: number, y: number, radius: number, fill: string, more = ''): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}" ${more}/>`;
}

export function ellipse(x: number, y: number, rx: number, ry: number, fill: string, more = '') {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string, more = '') {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}" ${more}/>`;
}

export function group(attributes: string, ...content: readonly string[]): string {
  return `<g ${attributes}>${content.join('')}</g>`;
}

/** Share of the way, colour, opacity. */
export type Stop = readonly [offset: number, colour: Colour, opacity?: number];

/** A gradient from top to bottom of what it fills, and the `fill` that uses it. */
export function vertical(...stops: readonly Stop[]): { defs: string; fill: string } {
  return gradient('linearGradient', 'x1="0" y1="0" x2="0" y2="1"', stops);
}

export function radial(...stops: readonly Stop[]): { defs: string; fill: string } {
  return gradient('radialGradient', '', stops);
}

function gradient(tag: string, attributes: string, stops: readonly Stop[]) {
  const inner = stops
    .map(([at, colour, opacity = 1]) => {
      return `<stop offset="${at}" stop-color="${colour}" stop-opacity="${n(opacity * 100)}%"/>`;
    })
    .join('');
  // Named after its content, so that equal ones share a name and others never do.
  const id = `g${createHash('sha1')
    .update(tag + inner)
    .digest('hex')
    .slice(0, 10)}`;
  return { defs: `<${tag} id="${id}" ${attributes}>${inner}</${tag}>`, fill: `url(#${id})` };
}
