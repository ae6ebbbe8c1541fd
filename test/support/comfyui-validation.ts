import { choicesOf, type StandInFiles, standInNodes } from './comfyui-nodes.js';
import type { StandInGraph } from './comfyui-pictures.js';

interface Problem {
  readonly type: string;
  readonly message: string;
  readonly details: string;
  readonly extra_info: object;
}

export type Validation =
  | { readonly outputs: readonly string[] }
  | { readonly error: Problem; readonly node_errors: Readonly<Record<string, object>> };

/** In the words of the recordings `rest` and `missing-model`. */
export function validate(
  graph: StandInGraph | undefined,
  files: StandInFiles,
  uploads: ReadonlyMap<string, Buffer>,
): Validation {
  const refuse = (type: string, message: string, details: string) => ({
    error: { type, message, details, extra_info: {} },
    node_errors: {},
  });
  if (graph === undefined) {
    return refuse('no_prompt', 'No prompt provided', 'No prompt provided');
  }
  const entries = Object.entries(graph);
  const stranger = entries.find(([, node]) => standInNodes[node.class_type] === undefined);
  if (stranger !== undefined) {
    const [id, { class_type }] = stranger;
    const message = `Cannot execute because node ${class_type} does not exist.`;
    return refuse('invalid_prompt', message, `Node ID '#${id}'`);
  }
  const outputs = entries.filter(([, node]) => node.class_type === 'SaveImage').map(([id]) => id);
  if (outputs.length === 0) return refuse('prompt_no_outputs', 'Prompt has no outputs', '');

  const faults = entries.flatMap(([id, node]) => {
    const errors = [
      ...problemsOf(node, uploads),
      ...linkProblems(node, graph),
      ...choiceProblems(node, files),
    ];
    const fault = { errors, dependent_outputs: outputs, class_type: node.class_type };
    return errors.length === 0 ? [] : [[id, fault] as const];
  });
  if (faults.length === 0) return { outputs };
  const missing = faults.flatMap(([, { errors }]) =>
    errors.filter((each) => each.type === 'required_input_missing'),
  );
  const details = missing.map((each) => `${each.message}: ${each.details}`).join('\n');
  return {
    ...refuse('prompt_outputs_failed_validation', 'Prompt outputs failed validation', details),
    node_errors: Object.fromEntries(faults),
  };
}

function problemsOf(
  { class_type, inputs }: StandInGraph[string],
  uploads: ReadonlyMap<string, Buffer>,
): Problem[] {
  const missing = Object.keys(standInNodes[class_type]?.required ?? {}).filter(
    (name) => !(name in inputs),
  );
  const problems: Problem[] = missing.map((input_name) => ({
    type: 'required_input_missing',
    message: 'Required input is missing',
    details: input_name,
    extra_info: { input_name },
  }));
  if (class_type === 'LoadImage' && !uploads.has(String(inputs.image))) {
    problems.push({
      type: 'custom_validation_failed',
      message: 'Custom validation failed for node',
      details: `image - Invalid image file: ${inputs.image}`,
      extra_info: { input_name: 'image', received_value: inputs.image },
    });
  }
  return problems;
}

function linkProblems(
  { class_type, inputs }: StandInGraph[string],
  graph: StandInGraph,
): Problem[] {
  const { required = {}, optional = {} } = standInNodes[class_type] ?? {};
  return Object.entries({ ...required, ...optional }).flatMap(([input_name, type]) => {
    const value = inputs[input_name];
    if (value === undefined) return [];
    if (!Array.isArray(value)) return type === 'value' ? [] : [badLink(input_name, value)];
    const source = graph[String(value[0])];
    const received_type = standInNodes[source?.class_type ?? '']?.outputs[Number(value[1])];
    if (received_type === undefined) return [badLink(input_name, value)];
    if (received_type === type) return [];
    return [
      {
        type: 'return_type_mismatch',
        message: 'Return type mismatch between linked nodes',
        details: `${input_name}, received_type(${received_type}) mismatch input_type(${type})`,
        extra_info: { input_name, received_type, linked_node: value },
      },
    ];
  });
}

function badLink(input_name: string, received_value: unknown): Problem {
  return {
    type: 'bad_linked_input',
    message: 'Bad linked input, must be a length-2 list of [node_id, slot_index]',
    details: input_name,
    extra_info: { input_name, received_value },
  };
}

function choiceProblems(
  { class_type, inputs }: StandInGraph[string],
  files: StandInFiles,
): Problem[] {
  return Object.entries(inputs).flatMap(([input_name, value]) => {
    const list = choicesOf(class_type, input_name, files);
    if (!list || list.includes(String(value))) return [];
    return [
      {
        type: 'value_not_in_list',
        message: 'Value not in list',
        details: `${input_name}: '${value}' not in [${list.map((each) => `'${each}'`).join(', ')}]`,
        extra_info: { input_name, input_config: [list, {}], received_value: value },
      },
    ];
  });
}
