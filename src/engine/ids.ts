import { customAlphabet } from 'nanoid';

/** No vowels and no look-alikes: an id spells no word and can be read out. 12 of 28 are 57 bits. */
const newId = customAlphabet('23456789bcdfghjkmnpqrstvwxyz', 12);

/** Short and unguessable: what users see of batches, tasks and images. */
export function createId(): string {
  return newId();
}
