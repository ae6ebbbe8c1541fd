import type { StandInGraph } from './comfyui-pictures.js';

/** Inputs that a node cannot do without, of the nodes that the stand-in has. */
const requiredInputs: Readonly<Record<string, readonly string[]>> = {
  CheckpointLoaderSimple: ['ckpt_name'],
  CLIPTextEncode: ['text', 'clip'],
  EmptyImage: ['width', 'height', 'batch_size', 'color'],
  EmptyLatentImage: ['width', 'height', 'batch_size'],
  ImageScale: ['image', 'upscale_method', 'width', 'height', 'crop'],
  KSampler: [
    'model',
    'seed',
    'steps',
    'cfg',
    'sampler_name',
    'scheduler',
    'positive',
    'negative',
    'latent_image',
    'denoise',
  ],
  LatentBatch: ['samples1', 'samples2'],
  LatentFromBatch: ['samples', 'batch_index', 'length'],
  LoadImage: ['image'],
  RepeatLatentBatch: ['samples', 'amount'],
  SaveImage: ['images', 'filename_prefix'],
  VAEDecode: ['samples', 'vae'],
  VAEEncode: ['pixels', 'vae'],
};

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
  checkpoints: readonly string[],
  uploads: ReadonlyMap<string, Buffer>,
): Validation {
  const refuse = (type: string, message: string, details: string) => ({
    error: { type, message, details, extra_info: {} },
    node_errors: {},
  });
  if (graph === undefined) {
    return refuse('no_prompt', 'No prompt provided', 'No prompt provided');
  }
  const nodes = Object.entries(graph);
  const stranger = nodes.find(([, node]) => requiredInputs[node.class_type] === undefined);
  if (stranger !== undefined) {
    const [id, { class_type }] = stranger;
    const message = `Cannot execute because node ${class_type} does not exist.`;
    return refuse('invalid_prompt', message, `Node ID '#${id}'`);
  }
  const outputs = nodes.filter(([, node]) => node.class_type === 'SaveImage').map(([id]) => id);
  if (outputs.length === 0) return refuse('prompt_no_outputs', 'Prompt has no outputs', '');

  const faults = nodes.flatMap(([id, node]) => {
    const errors = problemsOf(node, checkpoints, uploads);
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
  checkpoints: readonly string[],
  uploads: ReadonlyMap<string, Buffer>,
): Problem[] {
  const missing = (requiredInputs[class_type] ?? []).filter((name) => !(name in inputs));
  const problems: Problem[] = missing.map((input_name) => ({
    type: 'required_input_missing',
    message: 'Required input is missing',
    details: input_name,
    extra_info: { input_name },
  }));
  const checkpoint = String(inputs.ckpt_name);
  if (class_type === 'CheckpointLoaderSimple' && !checkpoints.includes(checkpoint)) {
    problems.push({
      type: 'value_not_in_list',
      message: 'Value not in list',
      details: `ckpt_name: '${checkpoint}' not in [${checkpoints.map((each) => `'${each}'`).join(', ')}]`,
      extra_info: {
        input_name: 'ckpt_name',
        input_config: [checkpoints, {}],
        received_value: checkpoint,
      },
    });
  }
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
