import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { rasterize } from '../../../src/engine/images/drawing.js';
import { drawChart } from '../../../src/engine/statistics/chart.js';

const dayOf = (index: number, counts: { completed?: number; failed?: number } = {}) => ({
  day: `2026-11-${String(10 + index).padStart(2, '0')}`,
  batches: 1,
  completed: 0,
  failed: 0,
  cancelled: 0,
  open: 0,
  images: 0,
  ...counts,
});

/** How many of the picture's pixels have about this colour. */
async function pixelsOf(svg: string, [red, green, blue]: readonly [number, number, number]) {
  const { data, info } = await sharp(await rasterize(svg))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let count = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    const far =
      Math.abs((data[at] ?? 0) - red) +
      Math.abs((data[at + 1] ?? 0) - green) +
      Math.abs((data[at + 2] ?? 0) - blue);
    if (far < 12) count += 1;
  }
  return count;
}

const green = [0x3f, 0xa4, 0x5b] as const;
const red = [0xd9, 0x45, 0x3d] as const;

describe('the chart of tasks by day', () => {
  it('has columns as high as what was done and what failed', async () => {
    const days = [dayOf(0, { completed: 8 }), dayOf(1, { completed: 4, failed: 4 })];
    const svg = drawChart(days);
    const [done, failed] = [await pixelsOf(svg, green), await pixelsOf(svg, red)];
    expect(done / failed).toBeGreaterThan(2.9);
    expect(done / failed).toBeLessThan(3.1);
  });

  it('needs no fonts', () => {
    expect(drawChart([dayOf(0, { completed: 1 })])).not.toContain('<text');
  });

  it('can be drawn of nothing, and of three months', async () => {
    expect(await pixelsOf(drawChart([dayOf(0)]), green)).toBe(0);
    const many = Array.from({ length: 90 }, (_, index) => ({
      ...dayOf(index, { completed: 100_000 }),
      day: `day-${index}`,
    }));
    expect(await pixelsOf(drawChart(many), green)).toBeGreaterThan(1000);
  });
});
