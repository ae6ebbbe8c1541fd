import { z } from 'zod';
import type { OptionDeclaration } from './declaration.js';

export type SuggestionKind = 'presets' | 'models' | 'backends';

/** What chat must know of an option beside its schema. */
export interface OptionMeta {
  /** The key of its description. */
  readonly description: string;
  /** Zod cannot say that a value is a file. */
  readonly isAttachment?: boolean;
  /** Takes the files that came under no name of their own; menus do not show it. */
  readonly isAttachmentList?: boolean;
  /** Takes the image of the message that was answered, where others came along; not in menus. */
  readonly isAnswered?: boolean;
  /** Tells the files of a text apart, by a flag alone. Menus have this option for them instead. */
  readonly flagFor?: string;
  /** Somebody: an id, or what people type to address them. */
  readonly isUser?: boolean;
  /** Takes the whole text of a text command, flags at its end included. */
  readonly isPrompt?: boolean;
  /** In named words it takes all that follow, other names among them. */
  readonly takesRest?: boolean;
  /** What is offered while it is typed; `suggestions.ts` has the sources. */
  readonly suggests?: SuggestionKind;
}

/** Every option of a command is registered here; the outermost schema counts. */
export const optionRegistry = z.registry<OptionMeta>();

export interface OptionShape extends Omit<OptionDeclaration, 'description' | 'type'> {
  readonly type: OptionDeclaration['type'] | 'attachment-list';
  readonly meta: OptionMeta;
}

const known = new WeakMap<z.ZodObject, readonly OptionShape[]>();

/** The options of a command as menus and text parsing need them, derived from its schema once. */
export function optionShapes(options: z.ZodObject): readonly OptionShape[] {
  const shapes = known.get(options) ?? deriveShapes(options);
  known.set(options, shapes);
  return shapes;
}

function deriveShapes(options: z.ZodObject): OptionShape[] {
  return Object.entries(options.shape).map(([name, schema]) => {
    const meta = optionRegistry.get(schema as z.ZodType);
    if (!meta) throw new Error(`The option ${JSON.stringify(name)} is not in the option registry`);
    const required = !(schema as z.ZodType).safeParse(undefined).success;
    if (meta.isAttachmentList) return { name, type: 'attachment-list', required, meta };
    if (meta.isAttachment) return { name, type: 'attachment', required, meta };
    if (meta.isUser) return { name, type: 'user', required, meta };
    const shape = z.toJSONSchema(schema as z.ZodType, { io: 'input' });
    const { type, minimum, maximum, enum: words } = shape;
    if (type !== 'string' && type !== 'integer' && type !== 'number' && type !== 'boolean') {
      throw new Error(`The option ${JSON.stringify(name)} has the type ${JSON.stringify(type)}`);
    }
    return {
      name,
      type,
      required,
      meta,
      ...(meta.suggests ? { autocomplete: true } : {}),
      ...(minimum === undefined ? {} : { min: minimum }),
      ...(maximum === undefined ? {} : { max: maximum }),
      ...(words === undefined ? {} : { choices: words.map(choiceOf) }),
    };
  });
}

/** Shown as people type it. */
function choiceOf(word: unknown) {
  return { name: String(word), value: String(word) };
}
