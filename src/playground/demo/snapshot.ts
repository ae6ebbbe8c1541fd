import sharp from 'sharp';

export interface Motif {
  readonly fruit: string;
  readonly wall: string;
  readonly table: string;
  /** Where the fruit lies, from 0, the left, to 1. */
  readonly at: number;
  readonly tall?: boolean;
}

export const apple: Motif = { fruit: '#c8322b', wall: '#5f7f86', table: '#9a6b43', at: 0.44 };
export const lemon: Motif = { fruit: '#efc02f', wall: '#39476b', table: '#cfc6b8', at: 0.66 };
export const plum: Motif = { fruit: '#5b3a86', wall: '#c9a58c', table: '#6d4a35', at: 0.3 };
export const lime: Motif = {
  fruit: '#7fa93a',
  wall: '#d8d2c4',
  table: '#3c5a5e',
  at: 0.55,
  tall: true,
};

/**
 * A picture as a phone takes it: a fruit on a table by a window, out of focus at the back, with the
 * noise of a small sensor. JPEG.
 */
export async function takeSnapshot(motif: Motif): Promise<Buffer> {
  const [width, height] = motif.tall ? [600, 800] : [800, 600];
  const edge = height * 0.6;
  const radius = Math.min(width, height) * 0.21;
  const x = width * motif.at;
  const y = edge + radius * 0.25;
  const windowAt = motif.at > 0.5 ? 0.06 : 0.68;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <filter id="far" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="12"/></filter>
      <filter id="near" x="-20%" y="-60%" width="140%" height="220%"><feGaussianBlur stdDeviation="10"/></filter>
      <filter id="soft"><feGaussianBlur stdDeviation="1.4"/></filter>
      <filter id="grain" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="0.012 0.16" numOctaves="4" seed="5"/><feColorMatrix values="0 0 0 0 0.1  0 0 0 0 0.05  0 0 0 0 0  0 0 0 1.6 -0.62"/></filter>
      <linearGradient id="dim" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#000" stop-opacity="0.34"/><stop offset="0.6" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.4"/></linearGradient>
      <radialGradient id="body" cx="${motif.at > 0.5 ? 0.34 : 0.66}" cy="0.3" r="0.8">
        <stop offset="0" stop-color="#fff" stop-opacity="0.62"/><stop offset="0.3" stop-color="#fff" stop-opacity="0.06"/>
        <stop offset="0.62" stop-color="#000" stop-opacity="0.08"/><stop offset="1" stop-color="#000" stop-opacity="0.62"/>
      </radialGradient>
    </defs>
    <rect width="100%" height="100%" fill="${motif.wall}"/>
    <g filter="url(#far)">
      <rect x="${width * windowAt}" y="${height * 0.05}" width="${width * 0.26}" height="${height * 0.42}" fill="#f6f1dd"/>
      <rect x="${width * (windowAt + 0.12)}" y="${height * 0.05}" width="${width * 0.018}" height="${height * 0.42}" fill="${motif.table}"/>
      <rect x="${width * windowAt}" y="${height * 0.25}" width="${width * 0.26}" height="${height * 0.018}" fill="${motif.table}"/>
      <ellipse cx="${width * (0.98 - motif.at * 0.8)}" cy="${edge * 0.94}" rx="${radius * 0.45}" ry="${radius * 0.75}" fill="${motif.fruit}" opacity="0.45"/>
    </g>
    <rect y="${edge}" width="100%" height="${height - edge}" fill="${motif.table}"/>
    <rect y="${edge}" width="100%" height="${height - edge}" filter="url(#grain)" opacity="0.55"/>
    <rect y="${edge - 5}" width="100%" height="12" fill="#000" opacity="0.28" filter="url(#soft)"/>
    <ellipse cx="${x + (motif.at > 0.5 ? 0.5 : -0.5) * radius}" cy="${y + radius * 0.86}" rx="${radius * 1.35}" ry="${radius * 0.26}" fill="#000" opacity="0.6" filter="url(#near)"/>
    <g filter="url(#soft)">
      <ellipse cx="${x}" cy="${y}" rx="${radius}" ry="${radius * 0.93}" fill="${motif.fruit}"/>
      <ellipse cx="${x}" cy="${y}" rx="${radius}" ry="${radius * 0.93}" fill="url(#body)"/>
      <path d="M${x} ${y - radius * 0.78}q${radius * 0.06} ${-radius * 0.26} ${radius * 0.2} ${-radius * 0.36}" stroke="#4a3220" stroke-width="${radius * 0.07}" stroke-linecap="round" fill="none"/>
      <path d="M${x + radius * 0.12} ${y - radius * 0.98}q${radius * 0.3} ${-radius * 0.24} ${radius * 0.56} ${radius * 0.02}q${-radius * 0.32} ${radius * 0.16} ${-radius * 0.56} ${-radius * 0.02}" fill="#5c8a3a"/>
    </g>
    <rect width="100%" height="100%" fill="url(#dim)"/>
  </svg>`;
  const noise = sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 9 },
    },
  });
  return sharp(Buffer.from(svg))
    .flatten()
    .composite([
      { input: await noise.png({ compressionLevel: 1 }).toBuffer(), blend: 'soft-light' },
    ])
    .jpeg({ quality: 88 })
    .toBuffer();
}
