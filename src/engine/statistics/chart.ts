import { scaleBand, scaleLinear } from 'd3-scale';
import { digits } from '../images/drawn-digits.js';
import type { DayCount } from './statistics.repository.js';

const size = { width: 900, height: 420 };
const margin = { top: 24, right: 24, bottom: 40, left: 64 };
/** As the message says them: 🟩 done, 🟥 failed, ⬜ cancelled. */
const colours = { completed: '#3fa45b', failed: '#d9453d', cancelled: '#c9ced6' } as const;
const ink = '#5b6470';
/** More dates than this stand in each other's way. */
const mostDates = 15;

/** Tasks a day by how they ended, as SVG: columns that stand on each other. */
export function drawChart(days: readonly DayCount[]): string {
  const x = scaleBand()
    .domain(days.map(({ day }) => day))
    .range([margin.left, size.width - margin.right])
    .paddingInner(0.25)
    .paddingOuter(0.15);
  const most = Math.max(4, ...days.map((day) => day.completed + day.failed + day.cancelled));
  const y = scaleLinear()
    .domain([0, most])
    .nice(5)
    .range([size.height - margin.bottom, margin.top]);
  const ticks = y.ticks(5).filter(Number.isInteger);
  const everyNth = Math.ceil(days.length / mostDates);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...ticks.flatMap((tick) => [
      line(margin.left, size.width - margin.right, y(tick), tick === 0 ? ink : '#e4e7eb'),
      digits(String(tick), margin.left - 12, y(tick) - 5, 'end', ink),
    ]),
    ...days.flatMap((day) => column(day, x(day.day) ?? 0, x.bandwidth(), y)),
    ...days
      // Counted from today, so that today has its date.
      .filter((_, index) => (days.length - 1 - index) % everyNth === 0)
      .map(({ day }) => {
        const middle = (x(day) ?? 0) + x.bandwidth() / 2;
        return digits(day.slice(5), middle, size.height - margin.bottom + 14, 'middle', ink);
      }),
    '</svg>',
  ].join('');
}

function column(
  day: DayCount,
  left: number,
  width: number,
  y: (value: number) => number,
): string[] {
  let below = 0;
  return (['completed', 'failed', 'cancelled'] as const).flatMap((outcome) => {
    const count = day[outcome];
    if (count === 0) return [];
    const [top, bottom] = [y(below + count), y(below)];
    below += count;
    const place = `x="${left}" y="${top}" width="${width}" height="${bottom - top}"`;
    return [`<rect ${place} fill="${colours[outcome]}"/>`];
  });
}

function line(from: number, to: number, y: number, colour: string): string {
  return `<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" stroke="${colour}"/>`;
}
