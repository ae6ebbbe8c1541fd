import type { Canvas } from './canvas.js';
import { between, times } from './random.js';
import { circle, ellipse, type Point, path, polygon, radial, rect, vertical } from './svg.js';

/** What falls or hangs in front of everything. */
export function drawWeather(canvas: Canvas): string {
  const { weather } = canvas.reading;
  const parts: string[] = [];
  if (weather.includes('fog')) parts.push(drawFog(canvas));
  if (weather.includes('storm')) parts.push(drawLightning(canvas));
  if (weather.includes('rain') || weather.includes('storm')) parts.push(drawRain(canvas));
  if (weather.includes('snow')) parts.push(drawSnow(canvas));
  parts.push(drawVignette(canvas));
  return parts.join('');
}

function drawRain(canvas: Canvas): string {
  const { width, height, unit } = canvas;
  const random = canvas.stream('rain');
  const slant = between(random, 0.1, 0.3);
  const drops = (count: number, length: number, thick: number, opacity: number) => {
    const lines = times(count, () => {
      const x = between(random, -0.05, 1.2) * width;
      const y = between(random, -0.1, 1) * height;
      const fall = length * between(random, 0.6, 1.3);
      return `M${x.toFixed(1)} ${y.toFixed(1)}l${(-fall * slant).toFixed(1)} ${fall.toFixed(1)}`;
    });
    return path(
      lines.join(''),
      'none',
      `stroke="#eaf3fb" stroke-width="${thick.toFixed(2)}" stroke-linecap="round" stroke-opacity="${opacity}"`,
    );
  };
  return drops(230, unit * 4, unit * 0.12, 0.3) + drops(90, unit * 8, unit * 0.2, 0.34);
}

function drawSnow(canvas: Canvas): string {
  const { width, height, unit } = canvas;
  const random = canvas.stream('snow');
  return times(210, () => {
    const depth = random() ** 2.4;
    const radius = unit * (0.18 + 0.85 * depth);
    const opacity = between(random, 0.45, 0.95) * (1 - depth * 0.4);
    return circle(
      random() * width,
      random() * height,
      radius,
      '#ffffff',
      `fill-opacity="${opacity.toFixed(2)}"`,
    );
  }).join('');
}

function drawFog(canvas: Canvas): string {
  const { width, height, horizon, light, unit } = canvas;
  const random = canvas.stream('fog');
  const haze = vertical([0, light.low, 0], [0.5, light.low, 0.55], [1, light.low, 0.1]);
  const banks = times(7, () => {
    const bank = radial([0, light.low, 0.5], [1, light.low, 0]);
    return (
      bank.defs +
      ellipse(
        random() * width,
        between(random, 0.8, 1.35) * horizon,
        width * between(random, 0.3, 0.6),
        unit * between(random, 5, 12),
        bank.fill,
      )
    );
  });
  return (
    haze.defs + rect(0, horizon * 0.4, width, height - horizon * 0.4, haze.fill) + banks.join('')
  );
}

function drawLightning(canvas: Canvas): string {
  const { width, horizon, unit } = canvas;
  const random = canvas.stream('lightning');
  let x = width * between(random, 0.2, 0.8);
  const left: Point[] = [];
  const right: Point[] = [];
  for (const i of times(9, (each) => each)) {
    x += unit * between(random, -5, 5);
    const half = unit * (0.7 - 0.065 * i);
    const y = (horizon * i) / 8;
    left.push([x - half, y]);
    right.unshift([x + half, y]);
  }
  const flash = radial([0, '#f4f7d8', 0.5], [1, '#f4f7d8', 0]);
  return (
    flash.defs +
    ellipse(x, horizon * 0.45, unit * 30, horizon * 0.6, flash.fill) +
    polygon([...left, ...right], '#fdfbe0')
  );
}

/** Darker corners hold the eye in the picture. */
function drawVignette({ width, height }: Canvas): string {
  const shade = radial([0.55, '#0b0a1a', 0], [1, '#0b0a1a', 0.34]);
  return shade.defs + ellipse(width / 2, height / 2, width * 0.78, height * 0.78, shade.fill);
}
