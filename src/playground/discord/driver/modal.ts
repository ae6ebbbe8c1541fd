import { attachmentJson } from '../message-wire.js';
import { componentTypes as types } from '../validation/component-shapes.js';
import type { World } from '../world.js';
import { ClientRefusal, type PickedFile, storeUpload } from './options.js';

type Json = Record<string, unknown>;

/** Text for text inputs, a list for selects, files for uploads, true or false for checkboxes. */
export type FieldValue = string | readonly string[] | readonly PickedFile[] | boolean;

/**
 * Fills in a modal as a client does.
 * @throws ClientRefusal for a field that is not there, or a required one left out
 */
export function fillModal(
  world: World,
  modal: Json,
  fields: Readonly<Record<string, FieldValue>>,
): Json {
  const attachments: Json = {};
  const used = new Set<string>();
  let nextId = 0;
  const fill = (component: Json): Json => {
    nextId += 1;
    const shown = { type: component.type, id: (component.id as number | undefined) ?? nextId };
    if (component.component) return { ...shown, component: fill(component.component as Json) };
    if (component.components) {
      return { ...shown, components: (component.components as Json[]).map(fill) };
    }
    if (component.custom_id === undefined) return shown;
    const name = String(component.custom_id);
    used.add(name);
    const entry = answerOf(world, component, fields[name], attachments);
    return { ...shown, custom_id: name, ...entry };
  };
  const components = (modal.components as Json[]).map(fill);
  const unknown = Object.keys(fields).find((name) => !used.has(name));
  if (unknown !== undefined) throw new ClientRefusal(`the modal has no field ${unknown}`);
  const hasFiles = Object.keys(attachments).length > 0;
  return {
    custom_id: modal.custom_id,
    components,
    ...(hasFiles ? { resolved: { attachments } } : {}),
  };
}

function answerOf(
  world: World,
  component: Json,
  value: FieldValue | undefined,
  attachments: Json,
): Json {
  const name = String(component.custom_id);
  const count = Array.isArray(value) || typeof value === 'string' ? value.length : 0;
  const isRequired = component.required !== false && component.type !== types.checkbox;
  if (isRequired && count === 0 && component.min_values !== 0) {
    throw new ClientRefusal(`the modal's field ${name} is required`);
  }
  switch (component.type) {
    case types.textInput:
      return { value: checkText(component, String(value ?? '')) };
    case types.checkbox:
      return { value: value === true };
    case types.radioGroup:
      return { value: value ?? null };
    case types.fileUpload: {
      const files = (value ?? []) as readonly PickedFile[];
      const most = (component.max_values as number | undefined) ?? 1;
      if (files.length > most) throw new ClientRefusal(`${name} takes ${most} files at most`);
      const stored = files.map((file) => storeUpload(world, file));
      for (const file of stored) attachments[file.id] = attachmentJson(world, file);
      return { values: stored.map(({ id }) => id) };
    }
    default:
      return { values: value ?? [] };
  }
}

function checkText(component: Json, value: string): string {
  const most = (component.max_length as number | null | undefined) ?? 4000;
  const least = (component.min_length as number | null | undefined) ?? 0;
  const isFine = value.length <= most && (value === '' || value.length >= least);
  if (!isFine) throw new ClientRefusal(`${component.custom_id} is ${value.length} long`);
  return value;
}
