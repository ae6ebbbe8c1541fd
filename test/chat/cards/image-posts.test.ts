import { describe, expect, it } from 'vitest';
import { imagesDue, placeImages } from '../../../src/chat/cards/image-posts.js';
import type { Post } from '../../../src/engine/index.js';

const image = (number: number, finishedAtMs = number) => ({ id: `image${number}`, finishedAtMs });
const images = (count: number) => Array.from({ length: count }, (_, index) => image(index + 1));
const post = (...numbers: number[]): Post => ({
  id: `post${numbers[0]}`,
  imageIds: numbers.map((number) => `image${number}`),
  state: 'sent',
  messageIds: [],
  beganAt: new Date(0),
});
const idsOf = (some: readonly { id: string }[]) => some.map(({ id }) => id);

describe('the place of an image', () => {
  it('is the card while there is room, and a message of its own afterwards', () => {
    const { inCard, beside } = placeImages(images(12), [], 10);
    expect(idsOf(inCard)).toEqual(idsOf(images(10)));
    expect(idsOf(beside)).toEqual(['image11', 'image12']);
  });

  it('goes by when it was finished, and within the card by its number', () => {
    const late = image(1, 99);
    const { inCard, beside } = placeImages([late, image(3, 3), image(2, 2)], [], 2);
    expect(idsOf(inCard)).toEqual(['image3', 'image2']);
    expect(idsOf(beside)).toEqual(['image1']);
  });

  it('stays where it was posted, whatever is finished later', () => {
    const all = images(14);
    const { inCard, beside } = placeImages(all, [post(11, 12)], 10);
    expect(idsOf(inCard)).toEqual(idsOf(images(10)));
    expect(idsOf(beside)).toEqual(['image13', 'image14']);
    const places = [...idsOf(inCard), ...idsOf(beside), 'image11', 'image12'];
    expect(new Set(places)).toEqual(new Set(idsOf(all)));
  });
});

describe('images beside a card', () => {
  const state = { final: false, posts: 0, nowMs: 0 };

  it('wait a little for company', () => {
    expect(imagesDue([image(1, 0), image(2, 0)], { ...state, nowMs: 4000 })).toEqual([]);
    expect(imagesDue([image(1, 0), image(2, 0)], { ...state, nowMs: 5000 })).toHaveLength(2);
    expect(imagesDue([image(1, 0)], { ...state, nowMs: 14_000 })).toEqual([]);
    expect(imagesDue([image(1, 0)], { ...state, nowMs: 15_000 })).toHaveLength(1);
  });

  it('wait longer the more has been posted', () => {
    expect(imagesDue(images(2), { ...state, posts: 3, nowMs: 30_000 })).toEqual([]);
    expect(imagesDue(images(2), { ...state, posts: 3, nowMs: 61_000 })).toHaveLength(2);
  });

  it('go at once when ten are there, and when no more will come', () => {
    expect(imagesDue(images(13), state)).toHaveLength(10);
    expect(imagesDue(images(3), { ...state, final: true })).toHaveLength(3);
    expect(imagesDue([], { ...state, final: true })).toEqual([]);
  });
});
