import type { BackendRequest } from '../backend.js';
import type { OpenAiFlavor } from './openai-options.js';

export interface Words {
  readonly prompt: string;
  readonly negative?: string;
}

/**
 * The request's words without what a server would obey instead of draw: stable-diffusion.cpp takes
 * any parameter of a request out of `<sd_cpp_extra_args>` in a prompt (its `examples/server/api.md`),
 * several servers load files by `<lora:…>`, and LocalAI splits a prompt at `|`.
 */
export function plainWords(
  { prompt, negative }: Pick<BackendRequest, 'prompt' | 'negative'>,
  flavor: OpenAiFlavor,
): Words {
  const clean = (text: string) => {
    const withoutTags = removeTags(text);
    return flavor === 'localai' ? withoutTags.replace(/\s*\|+\s*/g, ', ') : withoutTags;
  };
  return { prompt: clean(prompt), ...(negative !== undefined && { negative: clean(negative) }) };
}

/** Until nothing is left: a tag may stand in the middle of another. */
function removeTags(text: string): string {
  for (let before = text; ; ) {
    const after = before
      .replace(/<\s*sd_cpp_extra_args\s*>[\s\S]*?(<\s*\/\s*sd_cpp_extra_args\s*>|$)/gi, ' ')
      .replace(/<\s*\/\s*sd_cpp_extra_args\s*>/gi, ' ')
      .replace(/<\s*(lora|lyco|hypernet)\s*:[^>]*(>|$)/gi, ' ');
    if (after === before) return after === text ? text : after.replace(/\s{2,}/g, ' ').trim();
    before = after;
  }
}
