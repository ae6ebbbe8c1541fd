/** Components in Discord's own form, for requests written by hand. */
export const componentsV2 = 1 << 15;

export const words = (content: string) => ({ type: 10, content });

export const button = (customId: string) => ({
  type: 2,
  style: 1,
  label: 'Go',
  custom_id: customId,
});

export const row = (...components: unknown[]) => ({ type: 1, components });

export const gallery = (...urls: string[]) => ({
  type: 12,
  items: urls.map((url) => ({ media: { url } })),
});
