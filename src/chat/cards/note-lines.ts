import type { BatchView, RequestNote } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';

/** Where what runs is not quite what was asked for, each difference once. */
export function noteLines(batch: BatchView, texts: LocalizedTexts): string[] {
  const notes = batch.tasks.flatMap((task) => task.notes);
  return [...new Set(notes.map((note) => noteText(note, texts)))].map((text) => `ℹ️ ${text}`);
}

function noteText(note: RequestNote, texts: LocalizedTexts): string {
  switch (note.kind) {
    case 'aspect-rounded':
      return texts.text('note-aspect-rounded', { asked: note.asked, used: note.used });
    case 'count-lowered':
      return texts.text('note-count-lowered', { asked: note.asked, used: note.used });
    case 'negative-ignored':
      return texts.text('note-negative-ignored');
    case 'seed-ignored':
      return texts.text('note-seed-ignored');
    case 'strength-ignored':
      return texts.text('note-strength-ignored');
    case 'moved':
      return texts.text('note-moved', { from: note.from, to: note.to });
  }
}
