import { styleText } from 'node:util';
import type { CardState } from './card-reading.js';
import type { SavedPicture } from './output-folder.js';
import type { Sighting } from './sightings.js';

type Style = Parameters<typeof styleText>[0];

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What the demo tells whoever watches. */
export interface Screen {
  title(text: string, below: string): void;
  /** A part that is up, and where. */
  started(name: string, details: string): void;
  /** A stop of the tour: what happens, and what somebody types or sends for it. */
  heading(number: number, text: string, request: string): void;
  sighting(sighting: Sighting): void;
  saved(picture: SavedPicture): void;
  kept(promise: string): void;
  broken(promise: string): void;
  line(text?: string): void;
  note(text: string): void;
  good(text: string): void;
  bad(text: string): void;
}

const stateStyles: Readonly<Record<CardState, Style>> = {
  thinking: 'gray',
  queued: 'yellow',
  running: 'cyan',
  done: 'green',
  failed: 'red',
  cancelled: 'magenta',
  message: 'white',
};
const platformStyles = { Discord: 'blueBright', Telegram: 'cyanBright' } as const;

/** Colours where a terminal shows them and nobody has set NO_COLOR (https://no-color.org). */
export function createScreen(output: Output, environment: NodeJS.ProcessEnv): Screen {
  const isColoured = output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  const paint = (style: Style, text: string) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text;
  const line = (text = '') => output.write(`${text}\n`);

  return {
    title(text, below) {
      line();
      line(`  ${paint('bold', text)}  ${paint('gray', below)}`);
      line();
    },
    started: (name, details) =>
      line(`  ${paint('green', '✓')} ${name.padEnd(15)} ${paint('gray', details)}`),
    heading(number, text, request) {
      line();
      line(`  ${paint(['bold', 'inverse'], ` ${number} `)} ${paint('bold', text)}`);
      line(`      ${paint('italic', request)}`);
    },
    sighting({ atMs, platform, person, state, status, pictures, isPrivate }) {
      const time = paint('gray', `${(atMs / 1000).toFixed(1)} s`.padStart(8));
      const where = paint(platformStyles[platform], platform.padEnd(8));
      const what = paint(stateStyles[state], state.padEnd(9));
      const parts = [
        paintBar(status, paint),
        isPrivate ? paint('gray', '(for their eyes only)') : '',
        pictures > 0 ? paint('gray', pictureText(state, pictures)) : '',
      ];
      const words = parts.filter((part) => part !== '').join('  ');
      line(`${time}  ${where} ${person.padEnd(5)}  ${what}  ${words}`.trimEnd());
    },
    saved({ path, width, height, byteLength }) {
      const size = `${width}×${height}, ${Math.round(byteLength / 1000)} kB`;
      line(`          ${paint('green', '→')} ${path}  ${paint('gray', size)}`);
    },
    kept: (promise) => line(`      ${paint('green', '✓')} ${paint('gray', promise)}`),
    broken: (promise) => line(`      ${paint('red', `✗ ${promise}`)}`),
    line,
    note: (text) => line(paint('gray', text)),
    good: (text) => line(`  ${paint(['bold', 'green'], '✓')} ${paint('bold', text)}`),
    bad: (text) => line(`  ${paint(['bold', 'red'], `✗ ${text}`)}`),
  };
}

function pictureText(state: CardState, pictures: number): string {
  if (state === 'running') return '▣ preview';
  return pictures === 1 ? '▣' : `▣ ×${pictures}`;
}

function paintBar(status: string, paint: (style: Style, text: string) => string): string {
  return status
    .replace(/▰+/, (filled) => paint('green', filled))
    .replace(/▱+/, (left) => paint('gray', left));
}
