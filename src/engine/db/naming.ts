import {
  CamelCasePlugin,
  type PluginTransformQueryArgs,
  PostgresDialect,
  PostgresQueryCompiler,
  type RootOperationNode,
} from 'kysely';

/**
 * `camelCase` here, `snake_case` in the database. Kysely's own plugin copies the tree of each query
 * to rename what is in it, which costs more than compiling the query does; names are changed here
 * as they are written.
 */
export class SnakeCaseDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new SnakeCaseCompiler();
  }
}

class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override sanitizeIdentifier(identifier: string): string {
    return super.sanitizeIdentifier(snakeCaseOf(identifier));
  }
}

/** Renames the columns of results alone. */
export class CamelCaseResults extends CamelCasePlugin {
  override transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node;
  }
}

const known = new Map<string, string>();

function snakeCaseOf(identifier: string): string {
  let name = known.get(identifier);
  if (name === undefined) {
    name = identifier.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    known.set(identifier, name);
  }
  return name;
}
