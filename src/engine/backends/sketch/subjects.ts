import { type Animal, drawAnimal } from './animals.js';
import { drawCastle, drawHouse, drawLighthouse, drawMill } from './buildings.js';
import { type Canvas, seen } from './canvas.js';
import { type Colour, darken, lighten } from './colour.js';
import { drawBalloon, drawBoat, drawBridge, drawRocket } from './crafts.js';
import { drawBirds, drawFish, drawMushrooms, drawOwl, drawWhale } from './creatures.js';
import { drawFlower, drawRoundTree } from './plants.js';
import { between, pick, times } from './random.js';
import { ellipse, type Point, polygon, vertical } from './svg.js';
import type { Subject } from './vocabulary.js';

/** A spot for a subject; `tall` is how high something important may be there. */
interface Spot {
  readonly x: number;
  readonly foot: number;
  readonly tall: number;
}

/** Draws what the prompt is about before its place. */
export function drawSubjects(canvas: Canvas): string {
  const { width, height, unit, reading } = canvas;
  if (reading.place === 'portrait' || reading.place === 'abstract') return '';
  const random = canvas.stream('spots');
  const { subjects } = reading;
  return subjects
    .map((subject, i) => {
      const side = subjects.length === 1 ? between(random, 0.42, 0.58) : i === 0 ? 0.36 : 0.7;
      const isTight = subjects.length > 1 ? 0.78 : 1;
      const spot = { x: width * side, foot: height * 0.93, tall: unit * 52 * isTight };
      return drawings[subject](canvas, spot);
    })
    .join('');
}

const animal =
  (kind: Animal) =>
  (canvas: Canvas, { x, foot, tall }: Spot): string =>
    drawAnimal(canvas, kind, x, foot, tall, furOf(canvas));

/** Of the prompt's colours the first is the animal's own. */
function furOf({ reading }: Canvas): Colour | undefined {
  const own = reading.colours[0];
  // The red of a red fox is its own orange.
  return own === '#d3382f' ? undefined : own;
}

const drawings: Readonly<Record<Subject, (canvas: Canvas, spot: Spot) => string>> = {
  fox: animal('fox'),
  cat: animal('cat'),
  dog: animal('dog'),
  rabbit: animal('rabbit'),
  bear: animal('bear'),
  owl: (canvas, { x, foot, tall }) => drawOwl(canvas, x, foot - tall * 0.35, tall * 1.05),
  birds: (canvas) => drawBirds(canvas, canvas.horizon),
  whale: (canvas, { x, tall }) =>
    drawWhale(canvas, x, canvas.horizon + (canvas.height - canvas.horizon) * 0.35, tall * 1.15),
  fish: (canvas, { x, foot, tall }) =>
    canvas.reading.place === 'underwater'
      ? ''
      : drawFish(
          canvas,
          x,
          foot - tall * 0.35,
          tall * 0.8,
          canvas.reading.colours[0] ?? '#f2784b',
          1,
        ),
  boat: (canvas, { x, tall }) =>
    drawBoat(canvas, x, canvas.horizon + (canvas.height - canvas.horizon) * 0.28, tall * 0.95),
  lighthouse: (canvas, { tall }) => {
    const side = canvas.stream('headland')() < 0.5 ? 0.26 : 0.74;
    const x = canvas.width * side;
    const foot = canvas.horizon + (canvas.height - canvas.horizon) * 0.14;
    const room = Math.min(tall * 1.15, foot * 0.78);
    return drawHeadland(canvas, side, foot) + drawLighthouse(canvas, x, foot + canvas.unit, room);
  },
  house: (canvas, { x, foot, tall }) => drawHouse(canvas, x, foot - tall * 0.12, tall * 0.66),
  castle: (canvas, { x, foot, tall }) => drawCastle(canvas, x, foot - tall * 0.2, tall * 0.95),
  mill: (canvas, { x, foot, tall }) => drawMill(canvas, x, foot - tall * 0.12, tall * 0.85),
  bridge: (canvas) => drawBridge(canvas, canvas.horizon + canvas.unit * 4),
  balloon: (canvas, { x, tall }) => {
    const random = canvas.stream('balloons');
    const others = times(3, (i) =>
      drawBalloon(
        canvas,
        canvas.width * between(random, 0.1, 0.9),
        canvas.horizon * between(random, 0.2, 0.9),
        tall * between(random, 0.14, 0.3),
        `${i}`,
      ),
    );
    return others.join('') + drawBalloon(canvas, x, canvas.horizon * 0.58, tall * 0.8);
  },
  rocket: (canvas, { x, tall }) => drawRocket(canvas, x, canvas.height * 0.5, tall * 0.9),
  mushroom: (canvas, { x, foot, tall }) => drawMushrooms(canvas, x, foot, tall * 0.75),
  tree: (canvas, { x, foot, tall }) => {
    if (canvas.reading.place === 'forest') return '';
    const isBlossom = ['blossom', 'sakura', 'cherry', '樱花'].some(canvas.reading.mentions);
    const own = isBlossom ? '#f2a7c0' : canvas.reading.colours[0];
    const leaf = own ?? pick(canvas.stream('leaf'), ['#5d8a3f', '#7f9a3a', '#c77f32'] as const);
    const bark = seen(canvas, '#4a3527', 0.05);
    const random = canvas.stream('tree');
    return drawRoundTree(random, x, foot - tall * 0.1, tall * 1.25, seen(canvas, leaf, 0.05), bark);
  },
  flowers: (canvas, { x, foot, tall }) => {
    if (canvas.reading.place === 'meadow') return '';
    const random = canvas.stream('bouquet');
    const petal = canvas.reading.colours[0] ?? canvas.accent;
    return times(7, (i) => {
      const size = tall * between(random, 0.1, 0.17);
      const at = x + (i - 3) * tall * 0.13;
      const y = foot - size * 3 - tall * 0.22 * Math.sin(((i + 0.5) / 7) * Math.PI);
      return drawFlower(random, at, y, size, petal, seen(canvas, '#4f8a43', 0));
    }).join('');
  },
};

/** Rocks that run into the water from one side. */
function drawHeadland(canvas: Canvas, side: number, top: number): string {
  const { width, height, unit } = canvas;
  const random = canvas.stream('rocks');
  const rock = seen(canvas, '#565262', 0.12);
  const reach = Math.min(width * 0.6, unit * 80);
  const depth = height - top;
  const place = (x: number, y: number): Point => [side < 0.5 ? x : width - x, y];
  const line = times(12, (i) => {
    const share = i / 11;
    const past = Math.max(0, share - 0.6) / 0.4;
    return {
      x: reach * share,
      y: top + depth * 0.34 * past ** 1.2 + between(random, -0.5, 1) * unit,
    };
  });
  const end = line.at(-1) ?? { x: reach, y: top };
  const foot = [place(reach * 0.93, end.y + unit * 2), place(reach * 0.62, height + unit)];
  const outline = [...line.map(({ x, y }) => place(x, y)), ...foot, place(-unit, height + unit)];
  const shape = [place(-unit, top), ...outline];
  const facets = times(9, (i) => {
    const from = line[i + 1] ?? end;
    const to = line[i + 2] ?? end;
    const deep = Math.min(1, (height - from.y) / depth) * between(random, 0.25, 0.7);
    const low = place(from.x * between(random, 0.8, 0.95), from.y + depth * deep);
    const corners = [place(from.x, from.y), place(to.x, to.y), low] as const;
    return polygon(corners, i % 2 === 0 ? darken(rock, 0.22) : lighten(rock, 0.09));
  });
  const foam = times(5, (i) => {
    const [x, y] = place(end.x - i * unit * 3.4, end.y + unit * (1.2 + i * 3));
    return ellipse(x, y, unit * (5 - i * 0.4), unit * 0.35, '#ffffff', 'fill-opacity="0.4"');
  });
  const fill = vertical([0, lighten(rock, 0.1)], [1, darken(rock, 0.4)]);
  return fill.defs + polygon(shape, fill.fill) + facets.join('') + foam.join('');
}
