import type { Attachment } from './request.js';

/**
 * What somebody is asked to fill in, in their language: a modal on Discord. On Telegram, where
 * buttons alone ask by forms, a message whose answer is the field `prompt`.
 */
export interface Form {
  /** At most 45 characters. */
  readonly title: string;
  /** One to five. */
  readonly fields: readonly FormField[];
}

interface FieldBasics {
  /** Under which its answer comes. */
  readonly name: string;
  /** At most 45 characters. */
  readonly label: string;
  /** At most 100 characters. */
  readonly description?: string;
  readonly required: boolean;
}

export type FormField =
  | (FieldBasics & {
      readonly kind: 'text';
      /** What stands there already. */
      readonly value?: string;
      readonly maxCharacters: number;
      /** A box, not a line. */
      readonly isLong: boolean;
    })
  | (FieldBasics & { readonly kind: 'files'; readonly maxFiles: number });

/** By the field's name. A text that was left empty is an empty text, and files none. */
export type FormAnswers = Readonly<Record<string, string | readonly Attachment[]>>;
