import { describe, expect, it } from 'vitest';
import { cardHtml, cardKeyboard } from '../../../src/bots/telegram/card-message.js';
import { inert, shorten, withoutMentions } from '../../../src/bots/telegram/telegram-html.js';
import { completed, waiting } from '../../contracts/platform.js';

describe("a Telegram card's words", () => {
  it('shows the prompt in bold, its owner, and the lines below', () => {
    expect(cardHtml(waiting(), 4096)).toBe('<b>a red fox</b> — Ada\nqueued · #3 · about 40 s');
  });

  it('takes markup that somebody typed for what it is: text', () => {
    const view = {
      ...waiting(),
      prompt: '</b><a href="tg://user?id=1">x</a> & co',
      owner: { platformUserId: '1', name: '<i>Eve</i>' },
    };
    expect(cardHtml(view, 4096)).toBe(
      '<b>&lt;/b&gt;&lt;a href="tg://user?id=1"&gt;x&lt;/a&gt; &amp; co</b> — ' +
        '&lt;i&gt;Eve&lt;/i&gt;\nqueued · #3 · about 40 s',
    );
  });

  it('takes names of files that somebody chose for text, too', () => {
    const lines = ['Left out: “@ada <a href="tg://user?id=1">x</a>.png” is not an image.'];
    expect(cardHtml({ ...waiting(), lines }, 4096)).toContain(
      '“@\u200bada &lt;a href="tg://user?id=1"&gt;x&lt;/a&gt;.png”',
    );
  });

  it('mentions nobody, but leaves addresses of mail as they are', () => {
    expect(withoutMentions('@ada and (@bob) at me@example.org')).toBe(
      '@\u200bada and (@\u200bbob) at me@example.org',
    );
  });

  it('offers no command of what somebody wrote, and leaves addresses and paths alone', () => {
    expect(inert('/cancel all, (/start) at https://x.org/a or red/blue')).toBe(
      '/\u200bcancel all, (/\u200bstart) at https://x.org/a or red/blue',
    );
    const view = { ...waiting(), prompt: '/erase', owner: { platformUserId: '1', name: '/stop' } };
    expect(cardHtml(view, 4096)).toContain('<b>/\u200berase</b> — /\u200bstop');
  });

  it.each([1024, 4096])('fits %i UTF-16 units, and shortens the prompt alone', (limit) => {
    const view = { ...waiting(), prompt: '🦊 & <fox> '.repeat(1000) };
    const seen = parsed(cardHtml(view, limit));
    expect(seen.length).toBeLessThanOrEqual(limit);
    expect(seen.length).toBeGreaterThan(limit - 10);
    expect(seen).toMatch(/… — Ada\nqueued · #3 · about 40 s$/);
  });

  it('fits also when the lines are the long part', () => {
    const view = { ...waiting(), lines: ['reason '.repeat(1000)], prompt: 'fox '.repeat(500) };
    const seen = parsed(cardHtml(view, 1024));
    expect(seen.length).toBeLessThanOrEqual(1024);
    expect(seen).toContain('reason reason');
    expect(seen).toContain('fox fox');
  });

  it('says something also where there is no prompt', () => {
    expect(cardHtml({ ...waiting(), prompt: '  ' }, 4096)).toBe('Ada\nqueued · #3 · about 40 s');
  });

  it('cuts no character in two', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(shorten(family.repeat(3), family.length * 2)).toBe(`${family}…`);
    expect(shorten('short', 5)).toBe('short');
    expect(shorten('longer', 5)).toBe('long…');
  });
});

describe("a Telegram card's buttons", () => {
  const picture = {
    kind: 'results' as const,
    images: [1, 2].map((n) => ({
      id: `image${n}`,
      width: 64,
      height: 64,
      byteLength: 100,
      mediaType: 'image/png',
      description: '',
      label: '',
      finishedAtMs: 0,
    })),
  };
  const labels = (pictureButtons: boolean) =>
    cardKeyboard(completed(picture), { pictureButtons })?.inline_keyboard.map((row) =>
      row.map(({ text }) => text),
    );

  it('stand in their rows', () => {
    expect(labels(true)).toEqual([['U1', 'U2', '🔄'], ['V1', 'V2'], ['Delete']]);
  });

  it('ask for no picture that is not shown yet', () => {
    expect(labels(false)).toEqual([['🔄'], ['Delete']]);
  });

  it('carry at most 64 bytes each', () => {
    const buttons = cardKeyboard(completed(picture), { pictureButtons: true })?.inline_keyboard;
    const payloads = buttons
      ?.flat()
      .map((each) => ('callback_data' in each ? each.callback_data : ''));
    expect(payloads?.every((payload) => payload && Buffer.byteLength(payload) <= 64)).toBe(true);
  });
});

function parsed(html: string): string {
  return html
    .replace(/<\/?b>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
