import type { FieldPath, FormProblems } from '../errors.js';
import { componentTypes as types } from './component-shapes.js';

type Json = Record<string, unknown>;

interface Placed {
  component: Json;
  path: FieldPath;
}

const maxRows = 5;
const maxComponentsInAll = 40;
const maxDisplayedCharacters = 4000;
const buttonStyles = { link: 5, premium: 6 };

/** Every component of a tree with its place, accessories and labelled ones too. */
export function everyComponent(components: readonly Json[], at: FieldPath): Placed[] {
  return components.flatMap((component, index) => withInner({ component, path: [...at, index] }));
}

function withInner({ component, path }: Placed): Placed[] {
  const single = (key: 'accessory' | 'component'): Placed[] => {
    const inner = component[key] as Json | undefined;
    return inner ? withInner({ component: inner, path: [...path, key] }) : [];
  };
  const inner = (component.components ?? []) as Json[];
  return [
    { component, path },
    ...everyComponent(inner, [...path, 'components']),
    ...single('accessory'),
    ...single('component'),
  ];
}

/** The rules that hold between components and not within one: counts, ids, buttons, old and new forms. */
export function checkComponents(
  components: readonly Json[],
  isV2: boolean,
  problems: FormProblems,
): void {
  const at = ['components'];
  const all = everyComponent(components, at);
  checkCustomIds(all, problems);
  for (const placed of all) checkPieces(placed, problems);
  if (isV2) checkTotals(all, problems);
  else checkRowsOnly(components, problems);
}

export function checkCustomIds(all: readonly Placed[], problems: FormProblems): void {
  const seen = new Set<unknown>();
  for (const { component, path } of all) {
    const customId = component.custom_id ?? undefined;
    if (customId === undefined) continue;
    if (seen.has(customId)) {
      const message = `Component custom id cannot be duplicated: "${customId}"`;
      problems.add([...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', message);
    }
    seen.add(customId);
  }
}

function checkTotals(all: readonly Placed[], problems: FormProblems): void {
  if (all.length > maxComponentsInAll) {
    const message = `The total number of components must be ${maxComponentsInAll} or fewer, not ${all.length}.`;
    problems.add(['components'], 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message);
  }
  const shown = all
    .filter(({ component }) => component.type === types.textDisplay)
    .reduce((sum, { component }) => sum + String(component.content).length, 0);
  if (shown > maxDisplayedCharacters) {
    const message = `Text of all components must be ${maxDisplayedCharacters} or fewer in length, not ${shown}.`;
    problems.add(['components'], 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message);
  }
}

function checkRowsOnly(components: readonly Json[], problems: FormProblems): void {
  if (components.length > maxRows) {
    problems.add(['components'], 'BASE_TYPE_MAX_LENGTH', `Must be ${maxRows} or fewer in length.`);
  }
  components.forEach((component, index) => {
    if (component.type === types.actionRow) return;
    const message = `Value of field "type" must be one of (1,), not ${component.type}, without the Components V2 flag.`;
    problems.add(['components', index], 'UNION_TYPE_CHOICES', message);
  });
}

function checkPieces({ component, path }: Placed, problems: FormProblems): void {
  if (component.type === types.actionRow) checkRow({ component, path }, problems);
  if (component.type === types.button) checkButton({ component, path }, problems);
  if (component.type === types.stringSelect) checkSelect({ component, path }, problems);
}

/** A row is five units wide; a select menu takes all of them. */
function checkRow({ component, path }: Placed, problems: FormProblems): void {
  const inner = (component.components ?? []) as Json[];
  const width = inner.reduce((sum, piece) => sum + (piece.type === types.button ? 1 : 5), 0);
  if (width <= 5) return;
  const message = 'The specified component exceeds the maximum width';
  problems.add([...path, 'components'], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
}

function checkButton({ component, path }: Placed, problems: FormProblems): void {
  const has = (key: string) => component[key] !== undefined && component[key] !== null;
  const needed =
    component.style === buttonStyles.link
      ? 'url'
      : component.style === buttonStyles.premium
        ? 'sku_id'
        : 'custom_id';
  if (!has(needed)) {
    problems.add([...path, needed], 'BASE_TYPE_REQUIRED', `A button of this style needs ${needed}`);
  }
  for (const other of ['url', 'sku_id', 'custom_id'].filter((key) => key !== needed && has(key))) {
    const message = `A button of style ${component.style} cannot have ${other}`;
    problems.add([...path, other], 'COMPONENT_BUTTON_FIELD_MUTUALLY_EXCLUSIVE', message);
  }
  const isLabelled = Boolean(component.label) || has('emoji');
  if (!isLabelled && component.style !== buttonStyles.premium) {
    const message = 'A button must have a label or an emoji';
    problems.add([...path, 'label'], 'BUTTON_COMPONENT_INVALID_LABEL', message);
  }
}

function checkSelect({ component, path }: Placed, problems: FormProblems): void {
  const options = (component.options ?? []) as Json[];
  const values = options.map((option) => option.value);
  values.forEach((value, index) => {
    if (values.indexOf(value) === index) return;
    const place = [...path, 'options', index, 'value'];
    problems.add(place, 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', `"${value}" is there twice`);
  });
  const most = (component.max_values as number | null | undefined) ?? 1;
  if (most > options.length) {
    const message = `max_values is ${most} with ${options.length} options`;
    problems.add([...path, 'max_values'], 'SELECT_COMPONENT_MAX_VALUES_TOO_LARGE', message);
  }
}
