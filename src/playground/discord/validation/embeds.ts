import { z } from 'zod';
import type { FormProblems } from '../errors.js';
import { strict } from './shape.js';

const link = z.string().max(2048).nullish();
const picture = strict({
  url: link,
  proxy_url: link,
  width: z.int().nullish(),
  height: z.int().nullish(),
  description: z.string().max(4096).nullish(),
});

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const embeds = z
  .array(
    strict({
      type: z.string().nullish(),
      title: z.string().max(256).nullish(),
      description: z.string().max(4096).nullish(),
      url: link,
      timestamp: z.string().nullish(),
      color: z.int().min(0).max(0xffffff).nullish(),
      image: picture.nullish(),
      thumbnail: picture.nullish(),
      video: picture.nullish(),
      provider: strict({ name: z.string().nullish(), url: link }).nullish(),
      footer: strict({
        text: z.string().max(2048),
        icon_url: link,
        proxy_icon_url: link,
      }).nullish(),
      author: strict({
        name: z.string().max(256),
        url: link,
        icon_url: link,
        proxy_icon_url: link,
      }).nullish(),
      fields: z
        .array(
          strict({
            name: z.string().min(1).max(256),
            value: z.string().min(1).max(1024),
            inline: z.boolean().nullish(),
          }),
        )
        .max(25)
        .nullish(),
    }),
  )
  .max(10);

export type Embeds = z.output<typeof embeds>;

const maxCharactersInAll = 6000;

export function checkEmbeds(list: Embeds, problems: FormProblems): void {
  const total = list.reduce((sum, embed) => sum + charactersOf(embed), 0);
  if (total > maxCharactersInAll) {
    const message = `Embed size exceeds maximum size of ${maxCharactersInAll}: ${total}`;
    problems.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', message);
  }
}

function charactersOf(embed: Embeds[number]): number {
  const texts = [
    embed.title,
    embed.description,
    embed.footer?.text,
    embed.author?.name,
    ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
  ];
  return texts.reduce((sum, words) => sum + (words?.length ?? 0), 0);
}
