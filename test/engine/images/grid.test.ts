import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { composeGrid, layOutGrid } from '../../../src/engine/images/grid.js';
import { colourAt, plain } from './fixtures.js';

const colours = ['#ff0000', '#00ff00', '#0000ff', '#ffff00'];

describe('composeGrid', () => {
  it('takes pictures of every depth and kind of colour', async () => {
    const side = 200;
    const images = await Promise.all([
      plain(side, side, '#808080').toColourspace('grey16').png().toBuffer(),
      plain(side, side, '#00ff00').toColourspace('rgb16').png().toBuffer(),
      plain(side, side, '#808080').greyscale().png().toBuffer(),
      plain(side, side, '#ff0000').ensureAlpha(0.5).png().toBuffer(),
    ]);
    const { bytes } = await composeGrid(images, { gap: 0, background: '#000000' });
    const centres = [
      [100, 100],
      [300, 100],
      [100, 300],
      [300, 300],
    ] as const;
    const seen = await Promise.all(centres.map(([left, top]) => colourAt(bytes, left, top)));
    // To the nearest quarter: the sheet is a JPEG.
    const rounded = seen.map((colour) => colour.map((channel) => Math.round(channel / 64)));
    expect(rounded).toEqual([
      [2, 2, 2],
      [0, 4, 0],
      [2, 2, 2],
      [2, 0, 0],
    ]);
  });

  it('puts four pictures two by two, in reading order', async () => {
    const images = await Promise.all(
      colours.map((colour) => plain(300, 200, colour).png().toBuffer()),
    );
    const grid = await composeGrid(images, { gap: 10 });
    expect(grid).toMatchObject({ mediaType: 'image/jpeg', width: 610, height: 410 });
    expect(await sharp(grid.bytes).metadata()).toMatchObject({ width: 610, height: 410 });
    const centres = [
      [150, 100],
      [460, 100],
      [150, 310],
      [460, 310],
    ] as const;
    const seen = await Promise.all(centres.map(([left, top]) => colourAt(grid.bytes, left, top)));
    const near = seen.map((colour) => colour.map((channel) => (channel > 128 ? 255 : 0)));
    expect(near).toEqual([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 0],
    ]);
  });

  it('stays within the longest side', async () => {
    const images = await Promise.all(
      colours.map((colour) => plain(768, 1344, colour).png().toBuffer()),
    );
    const { width, height } = await composeGrid(images);
    expect(Math.max(width, height)).toBeLessThanOrEqual(2048);
    expect(Math.max(width, height)).toBeGreaterThan(2000);
  });

  it('says that it needs an image', async () => {
    await expect(composeGrid([])).rejects.toThrow(/at least one/);
  });
});

describe('layOutGrid', () => {
  const square = { width: 1024, height: 1024 };
  const wide = { width: 1344, height: 768 };
  const tall = { width: 768, height: 1344 };

  for (let count = 1; count <= 10; count++) {
    it(`keeps the aspects of ${count} pictures, without overlap, in a sheet that is no strip`, () => {
      const mixed = Array.from({ length: count }, (_, i) => [square, wide, tall][i % 3] ?? square);
      for (const sizes of [mixed, mixed.map(() => square), mixed.map(() => wide)]) {
        const { width, height, cells } = layOutGrid(sizes, 2048, 8);
        expect(cells).toHaveLength(count);
        for (const [i, cell] of cells.entries()) {
          const size = sizes[i] ?? square;
          expect(cell.width / cell.height / (size.width / size.height)).toBeCloseTo(1, 1);
          expect(cell.left + cell.width).toBeLessThanOrEqual(width);
          expect(cell.top + cell.height).toBeLessThanOrEqual(height);
          const next = cells[i + 1];
          if (next) {
            const isRight = next.left >= cell.left + cell.width && next.top === cell.top;
            const isBelow = next.top >= cell.top + cell.height;
            expect(isRight || isBelow).toBe(true);
          }
        }
        expect(Math.max(width, height)).toBeLessThanOrEqual(2048);
        if (count > 1) expect(Math.max(width / height, height / width)).toBeLessThan(3.6);
      }
    });
  }
});
