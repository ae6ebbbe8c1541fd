import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  ContainerBuilder,
  ContextMenuCommandBuilder,
  FileUploadBuilder,
  InteractionContextType,
  LabelBuilder,
  MediaGalleryBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { buttonsOf, shownAttachments, textOf } from '../../../src/playground/discord/index.js';
import { startDiscordScene } from '../../support/discord-client.js';

const picture = (background: string) =>
  sharp({ create: { width: 64, height: 32, channels: 3, background } })
    .png()
    .toBuffer();
const red = await picture('red');
const blue = await picture('blue');

const commands = [
  new SlashCommandBuilder()
    .setIntegrationTypes(0)
    .setName('imagine')
    .setNameLocalizations({ 'zh-CN': '画' })
    .setDescription('Make an image')
    .addStringOption((option) =>
      option.setName('prompt').setDescription('What to make').setRequired(true).setMaxLength(4000),
    )
    .addStringOption((option) =>
      option.setName('model').setDescription('Which model').setAutocomplete(true),
    )
    .addIntegerOption((option) =>
      option.setName('count').setDescription('How many').setMinValue(1).setMaxValue(4),
    )
    .addAttachmentOption((option) => option.setName('image').setDescription('From an image')),
  new SlashCommandBuilder()
    .setIntegrationTypes(0)
    .setName('admin')
    .setDescription('Administration')
    .setDefaultMemberPermissions(1n << 5n)
    .setContexts(InteractionContextType.Guild)
    .addSubcommandGroup((group) =>
      group
        .setName('preset')
        .setDescription('Presets')
        .addSubcommand((sub) =>
          sub
            .setName('add')
            .setDescription('Add a preset')
            .addStringOption((option) =>
              option.setName('name').setDescription('Its name').setRequired(true),
            ),
        ),
    ),
  new ContextMenuCommandBuilder().setName('Remix images').setType(3).setIntegrationTypes(0, 1),
];

const goButton = () =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('again').setLabel('Again').setStyle(ButtonStyle.Primary),
    new ButtonBuilder().setCustomId('delete').setEmoji('🗑️').setStyle(ButtonStyle.Danger),
  );

function card(title: string, ...names: string[]) {
  const container = new ContainerBuilder()
    .setAccentColor(0x5865f2)
    .addTextDisplayComponents(new TextDisplayBuilder().setContent(title));
  if (names.length > 0) {
    container.addMediaGalleryComponents(
      new MediaGalleryBuilder().addItems(
        names.map((name) => ({ media: { url: `attachment://${name}` }, description: name })),
      ),
    );
  }
  return container.addActionRowComponents(goButton());
}

async function imagine(interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply();
  const prompt = interaction.options.getString('prompt', true);
  await interaction.editReply({
    flags: MessageFlags.IsComponentsV2,
    components: [card(`${prompt}: running`)],
  });
  await interaction.editReply({
    components: [card(prompt, 'a.png', 'b.png')],
    files: [
      new AttachmentBuilder(red, { name: 'a.png' }),
      new AttachmentBuilder(blue, { name: 'b.png' }),
    ],
  });
}

describe('the real discord.js client', () => {
  it('registers commands and reads them back the same', async () => {
    const { client } = await startDiscordScene(commands, async () => undefined);
    const fetched = await client.application.commands.fetch({ withLocalizations: true });
    for (const command of commands) {
      const found = fetched.find(({ name }) => name === command.name);
      expect(found?.equals(JSON.parse(JSON.stringify(command)))).toBe(true);
    }
  });

  it('answers a slash command: deferral, progress, images in a gallery, buttons', async () => {
    const { ada, channel } = await startDiscordScene(commands, async (interaction) => {
      if (interaction.isChatInputCommand()) await imagine(interaction);
    });
    ada.command(channel, 'imagine', { prompt: 'a fox' });
    const message = await channel.waitFor((each) => textOf(each) === 'a fox');
    expect(shownAttachments(message).map(({ bytes }) => bytes)).toEqual([red, blue]);
    expect(buttonsOf(message).map(({ customId }) => customId)).toEqual(['again', 'delete']);
    const states = message.versions.map(textOf);
    expect(states).toEqual(['', 'a fox: running', 'a fox']);
  });

  it("gets a person's image from the playground's own host", async () => {
    const seen: Buffer[] = [];
    const { ada, channel } = await startDiscordScene(commands, async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const image = interaction.options.getAttachment('image', true);
      expect([image.width, image.height, image.contentType]).toEqual([64, 32, 'image/png']);
      seen.push(Buffer.from(await (await fetch(image.url)).arrayBuffer()));
      await interaction.reply({ content: interaction.locale });
    });
    const image = { name: 'my photo.png', bytes: red, contentType: 'image/png' };
    const used = ada.command(channel, 'imagine', { prompt: 'x', image });
    expect(textOf(await used.message())).toBe('zh-CN');
    expect(seen).toEqual([red]);
  });

  it('edits by buttons, keeps one image and drops the other, and whispers', async () => {
    const { ada, channel } = await startDiscordScene(commands, async (interaction) => {
      if (interaction.isChatInputCommand()) return imagine(interaction);
      if (!interaction.isButton()) return;
      const [kept] = await keptIds(interaction.message.components.map((each) => each.toJSON()));
      await interaction.update({
        components: [card('one left', 'a.png')],
        attachments: [{ id: kept ?? '' }],
      });
      await interaction.followUp({ content: 'psst', flags: MessageFlags.Ephemeral });
    });
    ada.command(channel, 'imagine', { prompt: 'a fox' });
    const message = await channel.waitFor((each) => textOf(each) === 'a fox');
    ada.press(message, 'Again');
    await channel.waitFor((each) => textOf(each) === 'one left');
    expect(message.attachments.map(({ filename }) => filename)).toEqual(['a.png']);
    const whisper = await ada.waitFor(channel, (each) => textOf(each) === 'psst');
    expect(whisper.ephemeralFor).toBe(ada.id);
    expect(channel.messages()).toEqual([message]);
  });

  it('suggests, shows a modal with a file upload, and takes it back', async () => {
    const { ada, channel } = await startDiscordScene(commands, async (interaction) => {
      if (interaction.isAutocomplete()) {
        const { name, value } = interaction.options.getFocused(true);
        await interaction.respond([{ name: `${name} ${value}`, value: 'flux' }]);
      } else if (interaction.isChatInputCommand()) {
        await interaction.showModal(askForImages());
      } else if (interaction.isModalSubmit()) {
        const prompt = interaction.fields.getTextInputValue('prompt');
        const files = interaction.fields.getUploadedFiles('images', true);
        await interaction.reply(`${prompt}: ${files.map(({ name }) => name).join(', ')}`);
      }
    });
    const typed = { option: 'model', value: 'fl' };
    expect(await ada.autocomplete(channel, 'imagine', typed)).toEqual([
      { name: 'model fl', value: 'flux' },
    ]);
    const used = ada.command(channel, 'imagine', { prompt: 'x' });
    await used.modal();
    const images = ['a.png', 'b.png'].map((name) => ({ name, bytes: red }));
    const sent = ada.submitModal(used, { prompt: 'a fox', images });
    expect(textOf(await sent.message())).toBe('a fox: a.png, b.png');
  });

  it('takes the images of a message by its context menu', async () => {
    const { ada, channel } = await startDiscordScene(commands, async (interaction) => {
      if (!interaction.isMessageContextMenuCommand()) return;
      const names = interaction.targetMessage.attachments.map(({ name }) => name);
      await interaction.reply({ content: names.join(', '), flags: MessageFlags.Ephemeral });
    });
    const said = ada.say(channel, { files: [{ name: 'mine.png', bytes: red }] });
    const used = ada.messageCommand(said, 'Remix images');
    expect(textOf(await used.message())).toBe('mine.png');
  });

  it('gets sub-commands from those who may use them', async () => {
    const { playground, guild, channel } = await startDiscordScene(
      commands,
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        const { options, memberPermissions } = interaction;
        const path = `${options.getSubcommandGroup()} ${options.getSubcommand()}`;
        await interaction.reply(
          `${path} ${options.getString('name')} ${memberPermissions?.has('ManageGuild')}`,
        );
      },
    );
    const chef = playground.driver.createPerson({ name: 'Chef' });
    guild.addMember(chef, { permissions: ['ManageGuild'] });
    const used = chef.command(channel, 'admin preset add', { name: 'anime' });
    expect(textOf(await used.message())).toBe('preset add anime true');
  });

  it('answers in a direct message', async () => {
    const { ada } = await startDiscordScene(commands, async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply(interaction.inGuild() ? 'server' : 'private');
    });
    const used = ada.command(ada.directMessage(), 'imagine', { prompt: 'x' });
    expect(textOf(await used.message())).toBe('private');
  });

  it('writes to a channel and to a person, edits and deletes there', async () => {
    const { ada, channel, client } = await startDiscordScene(commands, async () => undefined);
    const text = await client.channels.fetch(channel.id);
    if (!text?.isSendable()) throw new Error('no channel to write to');
    const sent = await text.send({ content: 'one', nonce: '1', enforceNonce: true });
    await sent.edit('two');
    expect(channel.messages().map(textOf)).toEqual(['two']);
    await sent.delete();
    expect(channel.messages()).toEqual([]);
    await (await client.users.fetch(ada.id)).send('hello');
    expect(ada.directMessage().messages().map(textOf)).toEqual(['hello']);
  });
});

function askForImages(): ModalBuilder {
  return new ModalBuilder()
    .setCustomId('ask')
    .setTitle('Batch')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('Prompt')
        .setTextInputComponent(
          new TextInputBuilder().setCustomId('prompt').setStyle(TextInputStyle.Short),
        ),
      new LabelBuilder()
        .setLabel('Images')
        .setFileUploadComponent(
          new FileUploadBuilder().setCustomId('images').setMinValues(1).setMaxValues(10),
        ),
    );
}

/** The ids of attachments that a message's galleries show. */
async function keptIds(components: unknown[]): Promise<string[]> {
  const written = JSON.stringify(components);
  return [...written.matchAll(/"attachment_id":"(\d+)"/g)].map((match) => match[1] ?? '');
}
