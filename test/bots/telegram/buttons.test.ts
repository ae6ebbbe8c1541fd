import { describe, expect, it } from 'vitest';
import { toCardAddress } from '../../../src/bots/telegram/card-address.js';
import { encodeButton } from '../../../src/chat/index.js';
import type { DueCard } from '../../../src/engine/index.js';
import type { Room, StoredMessage } from '../../../src/playground/telegram/index.js';
import { eventually, useTelegramBot } from './bot-harness.js';
import { show, waiting } from './platform-show.js';

describe("buttons on the Telegram bot's cards", () => {
  const test = useTelegramBot();
  const cancel = encodeButton({ kind: 'cancel', batchId: 'batch1' });

  /** A person with a card in the private chat. */
  const withCard = async () => {
    await test.bot.start();
    const ada = test.playground.createUser({ firstName: 'Ada' });
    const asked = await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
    const address = await show(test.bot.platform, ada.chat.id, asked.id, waiting());
    const message = await test.playground.waitForMessage(
      ada.chat,
      ({ id }) => id === address.messageId,
    );
    return { ada, message, address };
  };
  const botMessages = (room: Room) =>
    test.playground
      .messages(room)
      .filter(({ from, deletedAtMs }) => from.is_bot && deletedAtMs === undefined);

  it('asks the chat layer, in the name of whoever pressed, for a card under the old one', async () => {
    const { ada, message } = await withCard();
    test.answer = () => ({ kind: 'card', batchId: 'batch2' });
    const press = ada.press(message, cancel);
    const answer = await test.playground.waitFor(() => press.answer);
    expect(answer.text).toBeUndefined();
    expect(test.requests.at(-1)).toMatchObject({
      identity: { platformUserId: String(ada.user.id), name: 'Ada' },
      scopeId: `telegram:dm:${ada.user.id}`,
      address: { chatId: ada.chat.id, messageId: null, replyTo: message.id },
      intent: { kind: 'button', payload: cancel },
    });
  });

  it('shows a private answer to whoever pressed alone', async () => {
    const { ada, message } = await withCard();
    test.answer = () => ({ kind: 'text', text: "That is somebody else's.", private: true });
    const before = botMessages(ada.chat).length;
    const press = ada.press(message, cancel);
    const answer = await test.playground.waitFor(() => press.answer);
    expect(answer).toMatchObject({ text: "That is somebody else's.", showAlert: true });
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    expect(botMessages(ada.chat)).toHaveLength(before);
  });

  it('says in a message what is too long for an alert', async () => {
    const { ada, message } = await withCard();
    const text = 'No. '.repeat(60).trim();
    test.answer = () => ({ kind: 'text', text, private: true });
    const press = ada.press(message, cancel);
    const reply = await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text === text,
    );
    expect(reply.replyTo?.id).toBe(message.id);
    expect(press.answer?.text).toBeUndefined();
  });

  it('answers a press once, also where Telegram delivers it twice', async () => {
    const { ada, message } = await withCard();
    test.answer = () => ({ kind: 'quiet' });
    const press = ada.press(message, cancel);
    await test.playground.waitFor(() => press.answer);
    const again = test.playground.updates.at(-1);
    if (again) test.playground.replay(again);
    // Answered by its patience alone, which began after that of the repeated one.
    let release = () => {};
    test.answer = () =>
      new Promise((resolve) => {
        release = () => resolve({ kind: 'quiet' });
      });
    const slow = ada.press(message, cancel);
    const answered = () =>
      test.playground.ledger
        .of('answerCallbackQuery')
        .map(({ parameters }) => parameters.callback_query_id);
    await test.playground.waitFor(() => answered().includes(slow.id));
    release();
    expect(answered()).toEqual([press.id, slow.id]);
  });

  it('follows a group that has become a supergroup meanwhile', async () => {
    await test.bot.start();
    const ada = test.playground.createUser({ firstName: 'Ada' });
    const room = test.playground.createGroup({ owner: ada });
    let upgraded: Room | undefined;
    test.answer = () => {
      upgraded ??= test.playground.upgradeGroup(room);
      return { kind: 'text', text: 'No such command.', private: true };
    };
    await ada.send(room, { text: '/imagine' });
    const supergroup = await test.playground.waitFor(() => upgraded);
    const hasWords = ({ content }: StoredMessage) => content.text !== undefined;
    const reply = await test.playground.waitForMessage(supergroup, hasWords);
    expect(reply.content.text).toBe('No such command.');
    expect(reply.replyTo).toBeUndefined();
  });

  it('stops the button from spinning when the answer takes its time', async () => {
    const { ada, message } = await withCard();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    test.answer = async () => {
      await held;
      return { kind: 'text', text: 'at last', private: true };
    };
    const press = ada.press(message, cancel);
    await test.playground.waitFor(() => press.answer);
    release();
    const reply = await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text === 'at last',
    );
    expect(reply.replyTo?.id).toBe(message.id);
  });

  it('deletes the message when the batch is deleted', async () => {
    const { ada, message } = await withCard();
    test.answer = () => ({ kind: 'delete-message', beside: [] });
    ada.press(message, cancel);
    await eventually(() => expect(message.deletedAtMs).toBeDefined());
  });

  it('deletes the card of a batch that is deleted by its id', async () => {
    const { ada, message, address } = await withCard();
    test.answer = () => ({
      kind: 'delete-card',
      beside: [],
      address: toCardAddress(address),
      text: 'Deleted batch1',
    });
    await ada.send(ada.chat, { text: '/delete batch1' });
    await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text === 'Deleted batch1',
    );
    expect(message.deletedAtMs).toBeDefined();
  });

  it('removes an older copy of a card once its button is pressed', async () => {
    const { ada, message, address } = await withCard();
    const current = { ...address, messageId: address.messageId + 100 };
    test.cards.set('batch1', {
      platform: 'telegram',
      address: toCardAddress(current),
    } as DueCard);
    test.answer = () => ({ kind: 'quiet' });
    const press = ada.press(message, cancel);
    await test.playground.waitFor(() => press.answer);
    await eventually(() => expect(message.deletedAtMs).toBeDefined());
  });

  it('leaves a card alone whose message is the current one, or is not on record yet', async () => {
    const { ada, message, address } = await withCard();
    test.answer = () => ({ kind: 'quiet' });
    for (const messageId of [address.messageId, null]) {
      test.cards.set('batch1', { address: toCardAddress({ ...address, messageId }) } as DueCard);
      ada.press(message, cancel);
    }
    await eventually(() => expect(test.requests).toHaveLength(3));
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    expect(message.deletedAtMs).toBeUndefined();
  });

  it('shows a prompt in a panel without a command that a tap would send', async () => {
    const { ada, message } = await withCard();
    const panel = { text: '/erase @bob — shared', buttons: [] };
    test.answer = () => ({ kind: 'panel', panel, private: false });
    ada.press(message, cancel);
    const shown = await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text?.includes('— shared') === true,
    );
    expect(shown.content.text).toBe('/\u200berase @\u200bbob — shared');
  });

  it('sends the originals as documents, byte for byte', async () => {
    const { ada, message } = await withCard();
    const { images } = await test.shelf.results(3);
    const imageIds = images.map(({ id }) => id);
    test.answer = () => ({ kind: 'documents', batchId: 'batch1', imageIds });
    ada.press(message, cancel);
    const documents = await test.playground.waitFor(() => {
      const found = botMessages(ada.chat).flatMap(({ content }) => content.document ?? []);
      return found.length === 3 && found;
    });
    for (const [at, { file_id }] of documents.entries()) {
      const { bytes } = await test.shelf.readImage(imageIds[at] ?? '');
      expect(test.playground.fileBytes(file_id)).toEqual(Buffer.from(bytes));
    }
    expect(test.playground.ledger.of('sendMediaGroup')).toHaveLength(1);
  });

  it('does not send originals twice when the answer was lost, but says so', async () => {
    const { ada, message } = await withCard();
    const { images } = await test.shelf.results(2);
    const imageIds = images.map(({ id }) => id);
    test.answer = () => ({ kind: 'documents', batchId: 'batch1', imageIds });
    test.playground.faults.next({ method: 'sendMediaGroup', kind: 'reset-after' });
    ada.press(message, cancel);
    await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text?.includes('may not have arrived') === true,
    );
    expect(botMessages(ada.chat).filter(({ content }) => content.document)).toHaveLength(2);
  });
});
