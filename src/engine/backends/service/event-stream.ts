/** The `data` of each event of a `text/event-stream`, in order; comments and other fields are left out. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // Pieces, as a whole image may come in one line of a thousand chunks.
  let pieces: string[] = [];
  let data: string[] = [];
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    for (const [index, line] of lines.entries()) {
      pieces.push(line);
      if (index === lines.length - 1) break;
      const whole = pieces.join('').replace(/\r$/, '');
      pieces = [];
      if (whole.startsWith('data:')) data.push(whole.slice(whole[5] === ' ' ? 6 : 5));
      if (whole === '' && data.length > 0) {
        yield data.join('\n');
        data = [];
      }
    }
  }
}
