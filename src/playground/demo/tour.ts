import {
  cancelled,
  concurrencyChanged,
  fourImages,
  refusedAspect,
  upscaled,
} from './discord-stops.js';
import type { Report } from './report.js';
import type { Watch } from './sightings.js';
import type { Studio } from './studio.js';
import { album, paintedPhoto, refusedAdministration, varied } from './telegram-stops.js';

/** The people of the tour, and an eye on what they are shown. */
export type Tour = Studio & { readonly watch: Watch };

/** What Easel does, at a walk. Each stop checks what it shows; a failed one does not end the tour. */
export async function takeTour(tour: Tour, report: Report): Promise<void> {
  const lighthouse = await report.stop(
    'Ada asks for four images on Discord',
    '/imagine prompt:a lighthouse at dusk, stormy sea  aspect:3:2  count:4  seed:7',
    (stop) => fourImages(tour, stop),
  );
  const apple = await report.stop(
    'Bruno sends a photo on Telegram, with a caption',
    '[photo] an oil painting of an apple at sunset --strength 0.5',
    (stop) => paintedPhoto(tour, stop),
  );
  await report.stop(
    'Dana, who administrates, lets four run at the same time',
    '/admin concurrency set value:4',
    (stop) => concurrencyChanged(tour, stop),
  );
  await report.stop(
    'Chen sends an album of three on Telegram',
    '[3 photos] a watercolour in the morning light --strength 0.4',
    (stop) => album(tour, stop),
  );
  await report.stop(
    'Ada thinks better of it',
    '/imagine prompt:a neon city at night in the rain  count:4   and then  [Cancel]',
    (stop) => cancelled(tour, stop),
  );
  if (lighthouse) {
    await report.stop('Ada wants the first lighthouse larger', '[U1]', (stop) =>
      upscaled(tour, lighthouse, stop),
    );
  }
  if (apple) {
    await report.stop('Bruno wants another apple like his', '[V1]', (stop) =>
      varied(tour, apple, stop),
    );
  }
  await report.stop('Bruno would like to administrate', '/admin concurrency set 1', (stop) =>
    refusedAdministration(tour, stop),
  );
  await report.stop('Ada mistypes', '/imagine prompt:a fox in the snow  aspect:0:1', (stop) =>
    refusedAspect(tour, stop),
  );
}
