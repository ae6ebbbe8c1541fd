/** The chat layer's door: what a bot may know of it. */
export type { ButtonAction } from './buttons.js';
export type { CardButton, CardPicture, CardView } from './cards/card-view.js';
export type {
  Chat,
  ChatDependencies,
  CommandDeclaration,
  CommandGroup,
  OptionDeclaration,
} from './chat.js';
export type { CardToShow, ChatPlatform, ShowOutcome } from './platform.js';
export {
  type Attachment,
  AttachmentError,
  type ChatRequest,
  type Intent,
  type Reply,
} from './request.js';
