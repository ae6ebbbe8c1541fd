/** What a button on a card does. `index` is 0-based among the batch's finished images. */
export type ButtonAction =
  | { readonly kind: 'cancel'; readonly batchId: string }
  | { readonly kind: 'retry'; readonly batchId: string }
  | { readonly kind: 'delete'; readonly batchId: string }
  | { readonly kind: 'again'; readonly batchId: string }
  | { readonly kind: 'originals'; readonly batchId: string }
  | { readonly kind: 'upscale'; readonly imageId: string }
  | { readonly kind: 'vary'; readonly imageId: string };
