import { nearest } from '../nearest.js';
import { quoted, Refusal, sentence } from '../refusal.js';
import type { Texts } from '../texts.js';
import type { Command } from './command.js';
import type { CommandDeclaration, CommandGroup, OptionDeclaration } from './declaration.js';
import { optionShapes } from './option-registry.js';

export interface CommandTree {
  readonly declarations: readonly CommandDeclaration[];
  readonly groups: readonly CommandGroup[];
  /**
   * The command that words name, beginning with `name` and going on into `text` where `name` is a
   * group; `rest` is what the text has beyond.
   * @throws Refusal that names the nearest command, or those that a group has
   */
  find(name: string, text: string): { readonly command: Command; readonly rest: string };
  /** The entry of a message's menu with this English name. @throws Refusal */
  findInMessageMenu(name: string): Command;
}

export interface GroupDefinition {
  readonly path: readonly string[];
  readonly description: string;
}

export function createCommandTree(
  commands: readonly Command[],
  groups: readonly GroupDefinition[],
  texts: Texts,
): CommandTree {
  const written = commands.filter(({ messageMenu }) => messageMenu === undefined);
  const commandByPath = new Map(written.map((command) => [command.path.join(' '), command]));
  const describe = (key: string) => ({
    'en-US': texts.inLocale('en-US').text(key),
    'zh-CN': texts.inLocale('zh-CN').text(key),
  });

  /** The words that may follow a path. */
  const namesUnder = (path: readonly string[]): string[] => {
    const following = written
      .filter((command) => path.every((word, index) => command.path[index] === word))
      .flatMap((command) => command.path[path.length] ?? []);
    return [...new Set(following)];
  };

  const find: CommandTree['find'] = (name, text) => {
    let path: string[] = [];
    let rest = `${name} ${text}`.trim();
    for (;;) {
      const command = commandByPath.get(path.join(' '));
      if (command) return { command, rest };
      const names = namesUnder(path);
      const [word] = /^\S+/.exec(rest) ?? [];
      if (word === undefined) {
        throw incomplete(path, names);
      }
      const known = names.find((candidate) => candidate === word.toLowerCase());
      if (known === undefined) throw unknownCommand(path, word, names);
      path = [...path, known];
      rest = rest.slice(word.length).trimStart();
    }
  };

  /** Those that menus show. */
  const declaredOptions = (command: Command): OptionDeclaration[] =>
    optionShapes(command.options).flatMap(({ meta, type, ...shape }) =>
      type === 'attachment-list' || meta.flagFor !== undefined || meta.isAnswered
        ? []
        : [{ ...shape, type, description: describe(meta.description) }],
    );

  return {
    declarations: commands.map((command) => ({
      path: command.path,
      description: describe(command.description),
      options: command.messageMenu === undefined ? declaredOptions(command) : [],
      audience: command.permission === 'everyone' ? 'everyone' : 'managers',
      platforms: command.platforms,
      ...(command.messageMenu === undefined ? {} : { messageMenu: describe(command.messageMenu) }),
    })),
    groups: groups.map(({ path, description }) => ({ path, description: describe(description) })),
    find,
    findInMessageMenu(name) {
      const found = commands.find(
        ({ messageMenu }) =>
          messageMenu !== undefined && texts.inLocale('en-US').text(messageMenu) === name,
      );
      if (found) return found;
      throw new Refusal(sentence('command-unknown', { name: quoted(name) }));
    },
  };
}

function unknownCommand(path: readonly string[], word: string, names: readonly string[]): Refusal {
  const asked = [...path, quoted(word)].join(' ');
  const [best] = nearest(word, names, 1);
  if (best !== undefined) {
    const found = [...path, best].join(' ');
    return new Refusal(sentence('command-unknown-nearest', { name: asked, nearest: found }));
  }
  return path.length === 0
    ? new Refusal(sentence('command-unknown', { name: asked }))
    : incomplete(path, names);
}

function incomplete(path: readonly string[], names: readonly string[]): Refusal {
  return new Refusal((texts) =>
    texts.text('command-incomplete', { name: path.join(' '), names: texts.list(names) }),
  );
}
