/**
 * Takes the life out of what a prompt can do beyond being one: `<lora:file:1>` and its kin load
 * files of the server (`extra_networks.py`: `<(\w+):([^>]+)>`), and SD.Next reads wildcard files for
 * `__name__`. The words stay.
 */
export function neutralizePrompt(prompt: string): string {
  return prompt.replace(/<+(?=[\p{L}\p{N}_]+:)/gu, '').replace(/__+/g, '_');
}
