import { describe, expect, it } from 'vitest';
import { RecordUnavailableError } from '../../../src/engine/index.js';
import { makePicture } from '../../support/pictures.js';
import { eventually, useTelegramBot } from './bot-harness.js';

describe("the Telegram bot's inbox", () => {
  const test = useTelegramBot();

  it('deals once with an update that Telegram delivers twice', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
    const [update] = test.playground.updates;
    if (update) test.playground.replay(update);
    await ada.send(ada.chat, { text: 'a blue fox' });
    await test.playground.waitForMessage(ada.chat, ({ content }) => !!content.text?.match(/blue/));
    expect(test.requests).toHaveLength(2);
    const answers = test.playground.messages(ada.chat).filter(({ from }) => from.is_bot);
    expect(answers).toHaveLength(2);
  });

  it('writes down what it is asked before it tells Telegram that it has it', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const keysAtPoll: (readonly string[])[] = [];
    const offsets: number[] = [];
    test.playground.events.on('request', ({ method, parameters }) => {
      if (method !== 'getUpdates' || parameters.offset === undefined) return;
      offsets.push(Number(parameters.offset));
      keysAtPoll.push([...test.inbox.receivedKeys()]);
    });
    await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
    await ada.send(ada.chat, { text: 'a blue fox' });
    await test.playground.waitFor(() => offsets.length > 0);
    expect(keysAtPoll[0]).toContain(String((offsets[0] ?? 0) - 1));
  });

  it('takes up after a restart what was left open, an album too', async () => {
    const ada = test.playground.createUser();
    const photo = await makePicture(80, 80);
    await ada.send(ada.chat, { text: 'a red fox' });
    await ada.sendAlbum(ada.chat, [{ photo, caption: 'in winter' }, { photo }]);
    for (const update of test.playground.updates) {
      const group = update.message?.media_group_id;
      await test.inbox.receive(
        'telegram',
        String(update.update_id),
        update,
        group && `${ada.chat.id}:${group}`,
      );
    }
    await test.bot.start();
    await eventually(() => expect(test.requests).toHaveLength(2));
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    expect(test.requests.map(({ intent }) => intent)).toMatchObject([
      { name: 'imagine', text: 'a red fox' },
      { name: 'batch', text: 'in winter' },
    ]);
    expect(test.playground.ledger.of('sendMessage')).toHaveLength(2);
  });

  it('takes up while it runs what another process left open', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
    const [update] = test.playground.updates;
    const left = { ...update, update_id: 99 };
    await test.inbox.receive('telegram', '99', left);
    await eventually(() => expect(test.requests).toHaveLength(2));
    expect(test.requests[1]).toMatchObject({ updateKey: '99', intent: { text: 'a red fox' } });
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });

  it('deals with an album whose parts could not be read at first', async () => {
    const ada = test.playground.createUser();
    const photo = await makePicture(80, 80);
    await test.bot.start();
    const group = test.inbox.group;
    let tries = 0;
    test.inbox.group = async (...place) => {
      tries += 1;
      if (tries === 1) throw new RecordUnavailableError(new Error('terminated'));
      return group(...place);
    };
    await ada.sendAlbum(ada.chat, [{ photo, caption: 'in winter' }, { photo }]);
    await eventually(() => expect(test.requests).toHaveLength(1));
    expect(test.requests[0]?.intent).toMatchObject({ name: 'batch', text: 'in winter' });
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });

  it('gives up what was left again and again, and says so', async () => {
    const ada = test.playground.createUser();
    await ada.send(ada.chat, { text: 'a red fox' });
    const [update] = test.playground.updates;
    await test.inbox.receive('telegram', String(update?.update_id), update);
    const takeUp = test.inbox.takeUp;
    test.inbox.takeUp = async (...place) =>
      (await takeUp(...place)).map((left) => ({ ...left, takeovers: 4 }));
    await test.bot.start();
    const reply = await test.playground.waitForMessage(ada.chat);
    expect(reply.content.text).toContain('busy and kept nothing');
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    expect(test.requests).toEqual([]);
  });

  it('says at once that it is busy while the record is away, and keeps nothing', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada, bot: 'administrator' });
    await test.bot.start();
    test.inbox.goAway();
    await ada.send(room, { text: 'just talk' });
    await ada.send(ada.chat, { text: 'a red fox' });
    const reply = await test.playground.waitForMessage(ada.chat);
    expect(reply.content.text).toContain('busy and kept nothing');
    test.inbox.comeBack();
    await ada.send(ada.chat, { text: 'a blue fox' });
    await test.playground.waitForMessage(ada.chat, ({ content }) => !!content.text?.match(/blue/));
    expect(test.requests).toHaveLength(1);
    expect(test.playground.messages(room).filter(({ from }) => from.is_bot)).toEqual([]);
  });

  it('says that it is busy while the record answers nothing, and acts on none of it later', async () => {
    const ada = test.playground.createUser();
    const bob = test.playground.createUser();
    await test.bot.start();
    test.inbox.stall();
    await ada.send(ada.chat, { text: 'a red fox' });
    const reply = await test.playground.waitForMessage(ada.chat);
    expect(reply.content.text).toContain('busy and kept nothing');
    // Nothing of the record has come back, and yet the next is taken.
    await bob.send(bob.chat, { text: 'a grey wolf' });
    await test.playground.waitForMessage(bob.chat);
    expect(test.inbox.receivedKeys()).toEqual([]);

    test.inbox.comeBack();
    await eventually(() => expect(test.inbox.receivedKeys()).toHaveLength(2));
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    await ada.send(ada.chat, { text: 'a blue fox' });
    await test.playground.waitForMessage(ada.chat, ({ content }) => !!content.text?.match(/blue/));
    expect(test.requests).toHaveLength(1);
  });

  it('deals at the next start with a late update whose sender never heard that it was busy', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    let sends = 0;
    test.playground.events.on('request', ({ method }) => {
      if (method === 'sendMessage') sends += 1;
    });
    test.playground.faults.next({ method: 'sendMessage', kind: 'hang' });
    test.inbox.stall();
    await ada.send(ada.chat, { text: 'a red fox' });
    await eventually(() => expect(sends).toBe(1));
    test.inbox.comeBack();
    await eventually(() => expect(test.inbox.receivedKeys()).toHaveLength(1));
    await test.bot.stop();
    expect(test.inbox.openKeys()).toHaveLength(1);
    expect(test.requests).toEqual([]);
    await test.another().start();
    await eventually(() => expect(test.requests).toHaveLength(1));
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });

  it('has Telegram send again what it could neither keep nor answer', async () => {
    const ada = test.playground.createUser();
    const bob = test.playground.createUser();
    await test.bot.start();
    test.inbox.goAway();
    for (let failure = 0; failure < 4; failure += 1) {
      test.playground.faults.next({ method: 'sendMessage', kind: '502' });
    }
    await ada.send(ada.chat, { text: 'a red fox' });
    await eventually(() => expect(test.playground.ledger.of('sendMessage')).toHaveLength(1));
    // Who was told already is not told again with it.
    await bob.send(bob.chat, { text: 'a grey wolf' });
    await test.bot.stop();
    test.inbox.comeBack();
    await test.another().start();
    await eventually(() =>
      expect(test.requests.map(({ intent }) => intent)).toContainEqual(
        expect.objectContaining({ text: 'a red fox' }),
      ),
    );
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });

  it('leaves no part of an album open that the record took down late', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada, bot: 'administrator' });
    const photo = await makePicture(80, 80);
    await test.bot.start();
    test.inbox.stall();
    await ada.sendAlbum(room, [{ photo, caption: '/imagine in winter' }, { photo }]);
    const reply = await test.playground.waitForMessage(room, ({ from }) => from.is_bot);
    expect(reply.content.text).toContain('busy and kept nothing');
    test.inbox.comeBack();
    await eventually(() => expect(test.inbox.receivedKeys()).toHaveLength(2));
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    expect(test.requests).toEqual([]);
  });

  it('answers a pressed button while the record is away', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    await ada.send(ada.chat, { text: 'a red fox' });
    const message = await test.playground.waitForMessage(ada.chat);
    test.inbox.goAway();
    const press = ada.press(message, 'x', { isStale: true });
    const answer = await test.playground.waitFor(() => press.answer);
    expect(answer).toMatchObject({ showAlert: true });
    expect(JSON.stringify(answer)).toContain('busy and kept nothing');
  });

  it('keeps an update open whose answer could not be sent, for the next start', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    test.playground.faults.next({ method: 'sendMessage', kind: 'hang' });
    await ada.send(ada.chat, { text: 'a red fox' });
    await eventually(() => expect(test.requests).toHaveLength(1));
    await test.bot.stop();
    expect(test.inbox.openKeys()).toHaveLength(1);
    const next = test.another();
    await next.start();
    await test.playground.waitForMessage(ada.chat);
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
  });
});
