/** A graph in ComfyUI's API format: data, never code. An input is a value or a link to an output. */
export interface GraphNode {
  readonly class_type: string;
  readonly inputs: Readonly<Record<string, GraphInput>>;
  readonly _meta?: { readonly title?: string };
}

export type GraphInput = string | number | boolean | null | readonly [node: string, output: number];

export type Graph = Readonly<Record<string, GraphNode>>;

/** What Easel can put into a graph. */
export interface SlotValues {
  readonly prompt: string;
  readonly negative: string;
  readonly checkpoint: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly count: number;
  readonly seed: number;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: string;
  readonly scheduler: string;
  /** 0 to 1. */
  readonly denoise: number;
  /** As `LoadImage` takes it: the stored name, after its subfolder and a slash. */
  readonly image: string;
  /** Likewise: a picture that is white where the image may change, and black elsewhere. */
  readonly mask: string;
  readonly filenamePrefix: string;
}

export type Slot = keyof SlotValues;

/** One place of a value in a graph. */
export type SlotPlace = readonly [node: string, input: string];

/**
 * A graph with named places. The shipped ones stand in `workflows/`; an operator's own takes the
 * place of one of them. A slot without a place leaves its value to the graph.
 */
export interface Workflow {
  readonly name: string;
  readonly graph: Graph;
  readonly slots: Readonly<Partial<Record<Slot, readonly SlotPlace[]>>>;
  /**
   * The sampler that is repeated for each image of a run, so that image i has the seed `seed + i`.
   * Without one a run is a single batch, and only its first image has a seed of its own.
   */
  readonly sampler?: string;
}

/**
 * The graph with the values in their places.
 * @throws WorkflowError for a slot whose node or input the graph does not have
 */
export function fillWorkflow(workflow: Workflow, values: Partial<SlotValues>): Graph {
  const graph: Record<string, { class_type: string; inputs: Record<string, GraphInput> }> = {};
  for (const [id, { inputs, ...node }] of Object.entries(workflow.graph)) {
    graph[id] = { ...node, inputs: { ...inputs } };
  }
  for (const [slot, places] of Object.entries(workflow.slots)) {
    const value = values[slot as Slot];
    if (value === undefined) continue;
    for (const [node, input] of places) {
      const inputs = graph[node]?.inputs;
      if (inputs?.[input] === undefined) throw new WorkflowError(workflow.name, slot, node, input);
      inputs[input] = value;
    }
  }
  return graph;
}

/**
 * ComfyUI draws the noise of a whole batch from one seed, so that its later images cannot be made
 * again alone. Here each image has a sampler of its own, on the first latent of the batch, whose
 * noise is then that of a single image with the same seed; `LatentBatch` joins what they made.
 */
export function splitSeeds(graph: Graph, sampler: string, seeds: readonly number[]): Graph {
  const node = graph[sampler];
  const latent = node?.inputs.latent_image;
  if (node === undefined || latent === undefined || seeds.length < 2) return graph;

  let lastId = Math.max(0, ...Object.keys(graph).map(Number).filter(Number.isInteger));
  const newId = () => String(++lastId);
  const first = newId();
  const added: Record<string, GraphNode> = {
    [first]: {
      class_type: 'LatentFromBatch',
      inputs: { samples: latent, batch_index: 0, length: 1 },
    },
  };
  let joined = sampler;
  seeds.forEach((seed, index) => {
    const id = index === 0 ? sampler : newId();
    added[id] = { ...node, inputs: { ...node.inputs, seed, latent_image: [first, 0] } };
    if (index === 0) return;
    const inputs = { samples1: [joined, 0], samples2: [id, 0] } as const;
    joined = newId();
    added[joined] = { class_type: 'LatentBatch', inputs };
  });

  const rest = Object.entries(graph).map(([id, each]): [string, GraphNode] => [
    id,
    { ...each, inputs: relinked(each.inputs, sampler, joined) },
  ]);
  return { ...Object.fromEntries(rest), ...added };
}

function relinked(inputs: GraphNode['inputs'], from: string, to: string): GraphNode['inputs'] {
  const entries = Object.entries(inputs).map(([name, value]): [string, GraphInput] =>
    isLink(value) && value[0] === from ? [name, [to, value[1]]] : [name, value],
  );
  return Object.fromEntries(entries);
}

export function isLink(value: GraphInput): value is readonly [node: string, output: number] {
  return Array.isArray(value);
}

export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';

  constructor(workflow: string, slot: string, node: string, input: string) {
    super(`Workflow ${workflow}: slot ${slot} names node ${node}, input ${input}: there is none`);
  }
}
