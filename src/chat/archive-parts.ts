export interface ArchivePart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `name.zip`, or `name-1.zip`, `name-2.zip`, … where there are several. */
export async function* archiveParts(
  name: string,
  archives: AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchivePart, void> {
  let before: Uint8Array | undefined;
  let count = 0;
  for await (const bytes of archives) {
    if (before) {
      count += 1;
      yield { name: `${name}-${count}.zip`, bytes: before };
    }
    before = bytes;
  }
  if (!before) return;
  yield { name: count === 0 ? `${name}.zip` : `${name}-${count + 1}.zip`, bytes: before };
}
