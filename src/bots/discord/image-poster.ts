import { type APIMessage, ComponentType, MessageFlags, SnowflakeUtil } from 'discord.js';
import type { Logger } from 'pino';
import { type CardToShow, imagesDue, placeImages, type ResultImage } from '../../chat/index.js';
import { type Engine, EngineError, type Post } from '../../engine/index.js';
import type { DiscordAddress } from './address.js';
import { imageFiles } from './card-files.js';
import { gallery, rawFile } from './card-message.js';
import { isOpenToBot } from './card-route.js';
import type { DiscordApi, OutgoingMessage } from './discord-api.js';
import { DiscordError, type DiscordProblem, shutProblems } from './discord-errors.js';
import type { EditBudget } from './edit-budget.js';
import { nonceOf, nonceTrustMs } from './nonce.js';
import { plainWords, shortened } from './plain-text.js';

export interface ImagePosterDependencies {
  readonly api: Pick<DiscordApi, 'createReply' | 'deleteMessage' | 'messagesAfter'>;
  readonly engine: Pick<Engine, 'readGrid' | 'readImageWithin' | 'cards'>;
  readonly budget: Pick<EditBudget, 'messageReadyInMs'>;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface ImagePoster {
  /**
   * Posts the next gallery of images that the card does not show, under it, where one is due.
   * True: it did, and there may be more. A post whose answer was lost is sent again under the same
   * nonce, or found in the channel. @throws DiscordError
   */
  post(
    card: CardToShow,
    address: DiscordAddress,
    shownImageIds: readonly string[],
  ): Promise<boolean>;
}

/** Milliseconds by which Discord's clock and ours may differ. */
const clockMarginMs = 60_000;
const labelsLimit = 1000;
/** What says for certain that Discord took nothing. */
const untaken: readonly DiscordProblem[] = ['rate-limited', 'unreachable', 'unauthorized'];
/** What may have been taken, or a way that is closed: the same post is tried again. */
const passing: readonly DiscordProblem[] = ['unwell', 'unanswered', ...shutProblems];

export function createImagePoster(deps: ImagePosterDependencies): ImagePoster {
  const { api, engine, budget, now, log } = deps;

  async function send(
    post: Post,
    card: CardToShow,
    images: readonly ResultImage[],
    address: DiscordAddress,
  ): Promise<void> {
    const { channelId } = address;
    const isOld = now().getTime() - post.beganAt.getTime() > nonceTrustMs;
    const earlier = isOld ? await findPost(channelId, post) : undefined;
    const id = earlier ?? (await create(post, images, address));
    // Who deleted the batch meanwhile did not know of this message.
    if (id !== undefined && !(await engine.cards.read(card.batchId))) {
      return api.deleteMessage(channelId, id);
    }
    await card.posts.sent(post.id, id === undefined ? [] : [id]);
  }

  /** Undefined: the images are stored no more. */
  async function create(
    post: Post,
    images: readonly ResultImage[],
    { channelId, messageId, attachmentLimitBytes }: DiscordAddress,
  ): Promise<string | undefined> {
    const message = images.length > 0 && (await compose(images, attachmentLimitBytes));
    if (!message) return undefined;
    const known = { nonce: nonceOf(`post:${post.id}`), enforce_nonce: true };
    const body = { ...message.body, ...known };
    const { id } = await api.createReply(channelId, { ...message, body }, messageId);
    return id;
  }

  async function compose(
    images: readonly ResultImage[],
    maxBytes: number,
  ): Promise<OutgoingMessage | undefined> {
    try {
      const files = await imageFiles(engine, images, maxBytes);
      const labels = images.map(({ label }) => label).join(', ');
      const content = `-# ${shortened(labels, labelsLimit, plainWords)}`;
      return {
        body: {
          flags: MessageFlags.IsComponentsV2,
          components: [gallery(files), { type: ComponentType.TextDisplay, content }],
          attachments: files.map((file, index) => ({ id: String(index), filename: file.name })),
          allowed_mentions: { parse: [] },
        },
        files: files.map(rawFile),
      };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      log.info({ reason: error.message }, 'images beside a card are gone');
      return undefined;
    }
  }

  /** By its files, which are named after the images. The bot may read its own messages. */
  async function findPost(channelId: string, post: Post): Promise<string | undefined> {
    const timestamp = post.beganAt.getTime() - clockMarginMs;
    const after = SnowflakeUtil.generate({ timestamp }).toString();
    const messages = await api.messagesAfter(channelId, after);
    return messages.find((message) => holds(message, post.imageIds))?.id;
  }

  return {
    async post(card, address, shownImageIds) {
      const { view, posts, final } = card;
      const { picture } = view;
      if (picture === null || picture.kind === 'preview' || !isOpenToBot(address)) return false;
      const images = picture.images.filter(({ id }) => !shownImageIds.includes(id));
      const left = posts.known.find(({ state }) => state === 'sending');
      const { beside } = placeImages(images, posts.known, 0);
      const nowMs = now().getTime();
      const due = imagesDue(beside, { final, posts: posts.known.length, nowMs });
      if (!left && due.length === 0) return false;
      const waitMs = budget.messageReadyInMs(address.channelId);
      if (waitMs > 0) throw new DiscordError('rate-limited', 'the channel has no room', waitMs);
      const post = left ?? (await posts.begin(due.map(({ id }) => id)));
      if (!post) return false;
      const wanted = images.filter(({ id }) => post.imageIds.includes(id));
      try {
        await send(post, card, wanted, address);
      } catch (error) {
        const problem = error instanceof DiscordError ? error.problem : undefined;
        if (problem && untaken.includes(problem) && !left) await posts.release(post.id);
        else if (!problem || ![...passing, ...untaken].includes(problem)) {
          log.error({ batchId: card.batchId, err: error }, 'Discord refused images beside a card');
          await posts.doubt([post.id]);
        }
        throw error;
      }
      return true;
    },
  };
}

/** Files that components show stand in those alone, by their addresses. */
function holds({ author, attachments, components }: APIMessage, imageIds: readonly string[]) {
  if (!author.bot) return false;
  const files = JSON.stringify([attachments, components]);
  return imageIds.some((imageId) => files.includes(`easel-${imageId}.`));
}
