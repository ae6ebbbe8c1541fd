/** The chat layer's door: what a bot may know of it. */
export { archiveParts } from './archive-parts.js';
export { type ButtonAction, decodeButton, encodeButton } from './buttons.js';
export type { CardInput, SeenProgress } from './cards/card-input.js';
export type { CardButton, CardPicture, CardView, ResultImage } from './cards/card-view.js';
export { type FailedPost, type ShownCard, showInParts } from './cards/cards-in-parts.js';
export { imagesDue, placeImages } from './cards/image-posts.js';
export {
  type CardRenderer,
  type CardRendererDependencies,
  createCardRenderer,
} from './cards/renderer.js';
export { type Chat, type ChatDependencies, createChat, type SuggestionRequest } from './chat.js';
export type {
  CommandDeclaration,
  CommandGroup,
  OptionDeclaration,
} from './commands/declaration.js';
export type { Suggestion } from './commands/suggestions.js';
export type { Form, FormAnswers, FormField } from './form.js';
export { createInboxWatch } from './inbox-watch.js';
export type { Panel, PanelEntry, PanelImage, PanelThumbnail } from './panel.js';
export type { CardPosts, CardToShow, ChatPlatform, ShowOutcome } from './platform.js';
export {
  type Attachment,
  AttachmentError,
  type ChannelPermission,
  type ChatRequest,
  hasClosedRequest,
  type Intent,
  type Reply,
  type ReplyPicture,
} from './request.js';
export { StartError } from './start-error.js';
export { createTexts, type LocalizedTexts, type Texts } from './texts.js';
export { createUpdateReceipts, type NotKept, type Receipt } from './update-receipts.js';
export { readUserWords, userWords } from './user-words.js';
