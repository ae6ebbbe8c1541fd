import type { StandInGraph } from './comfyui-pictures.js';

interface NodeDefinition {
  /** What a node cannot do without: the type of what is linked there, or `value`. */
  readonly required: Readonly<Record<string, string>>;
  readonly optional?: Readonly<Record<string, string>>;
  /** Types, in the order of the outputs. */
  readonly outputs: readonly string[];
}

/** The nodes that the stand-in has, as ComfyUI's own `nodes.py` and `comfy_extras` declare them. */
const nodes: Readonly<Record<string, NodeDefinition>> = {
  CheckpointLoaderSimple: { required: { ckpt_name: 'value' }, outputs: ['MODEL', 'CLIP', 'VAE'] },
  CLIPTextEncode: { required: { text: 'value', clip: 'CLIP' }, outputs: ['CONDITIONING'] },
  EmptyImage: {
    required: { width: 'value', height: 'value', batch_size: 'value', color: 'value' },
    outputs: ['IMAGE'],
  },
  EmptyLatentImage: {
    required: { width: 'value', height: 'value', batch_size: 'value' },
    outputs: ['LATENT'],
  },
  ImageCompositeMasked: {
    required: {
      destination: 'IMAGE',
      source: 'IMAGE',
      x: 'value',
      y: 'value',
      resize_source: 'value',
    },
    optional: { mask: 'MASK' },
    outputs: ['IMAGE'],
  },
  ImageScale: {
    required: {
      image: 'IMAGE',
      upscale_method: 'value',
      width: 'value',
      height: 'value',
      crop: 'value',
    },
    outputs: ['IMAGE'],
  },
  ImageToMask: { required: { image: 'IMAGE', channel: 'value' }, outputs: ['MASK'] },
  KSampler: {
    required: {
      model: 'MODEL',
      seed: 'value',
      steps: 'value',
      cfg: 'value',
      sampler_name: 'value',
      scheduler: 'value',
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      latent_image: 'LATENT',
      denoise: 'value',
    },
    outputs: ['LATENT'],
  },
  LoadImage: { required: { image: 'value' }, outputs: ['IMAGE', 'MASK'] },
  RepeatImageBatch: { required: { image: 'IMAGE', amount: 'value' }, outputs: ['IMAGE'] },
  RepeatLatentBatch: { required: { samples: 'LATENT', amount: 'value' }, outputs: ['LATENT'] },
  SaveImage: { required: { images: 'IMAGE', filename_prefix: 'value' }, outputs: [] },
  SetLatentNoiseMask: { required: { samples: 'LATENT', mask: 'MASK' }, outputs: ['LATENT'] },
  VAEDecode: { required: { samples: 'LATENT', vae: 'VAE' }, outputs: ['IMAGE'] },
  VAEEncode: { required: { pixels: 'IMAGE', vae: 'VAE' }, outputs: ['LATENT'] },
};

/** Inputs that are chosen from a list, with the list as ComfyUI 0.3.64 has it. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'ImageScale upscale_method': ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'],
  'ImageScale crop': ['disabled', 'center'],
  'ImageToMask channel': ['red', 'green', 'blue', 'alpha'],
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
  const entries = Object.entries(graph);
  const stranger = entries.find(([, node]) => nodes[node.class_type] === undefined);
  if (stranger !== undefined) {
    const [id, { class_type }] = stranger;
    const message = `Cannot execute because node ${class_type} does not exist.`;
    return refuse('invalid_prompt', message, `Node ID '#${id}'`);
  }
  const outputs = entries.filter(([, node]) => node.class_type === 'SaveImage').map(([id]) => id);
  if (outputs.length === 0) return refuse('prompt_no_outputs', 'Prompt has no outputs', '');

  const faults = entries.flatMap(([id, node]) => {
    const errors = [
      ...problemsOf(node, checkpoints, uploads),
      ...linkProblems(node, graph),
      ...choiceProblems(node),
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
  checkpoints: readonly string[],
  uploads: ReadonlyMap<string, Buffer>,
): Problem[] {
  const missing = Object.keys(nodes[class_type]?.required ?? {}).filter(
    (name) => !(name in inputs),
  );
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

function linkProblems(
  { class_type, inputs }: StandInGraph[string],
  graph: StandInGraph,
): Problem[] {
  const { required = {}, optional = {} } = nodes[class_type] ?? {};
  return Object.entries({ ...required, ...optional }).flatMap(([input_name, type]) => {
    const value = inputs[input_name];
    if (value === undefined) return [];
    if (!Array.isArray(value)) return type === 'value' ? [] : [badLink(input_name, value)];
    const source = graph[String(value[0])];
    const received_type = nodes[source?.class_type ?? '']?.outputs[Number(value[1])];
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

function choiceProblems({ class_type, inputs }: StandInGraph[string]): Problem[] {
  return Object.entries(inputs).flatMap(([input_name, value]) => {
    const list = choices[`${class_type} ${input_name}`];
    if (!list || list.includes(String(value))) return [];
    return [
      {
        type: 'value_not_in_list',
        message: 'Value not in list',
        details: `${input_name}: '${value}' not in ${JSON.stringify(list)}`,
        extra_info: { input_name, received_value: value },
      },
    ];
  });
}
