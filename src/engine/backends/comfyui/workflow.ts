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

export function isLink(value: GraphInput): value is readonly [node: string, output: number] {
  return Array.isArray(value);
}

export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';

  constructor(workflow: string, slot: string, node: string, input: string) {
    super(`Workflow ${workflow}: slot ${slot} names node ${node}, input ${input}: there is none`);
  }
}
