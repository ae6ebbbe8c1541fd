import { createHash } from 'node:crypto';
import type { Slot } from './slots.js';

/** A graph in ComfyUI's API format: data, never code. An input is a value or a link to an output. */
export interface GraphNode {
  readonly class_type: string;
  readonly inputs: Readonly<Record<string, GraphInput>>;
  readonly _meta?: { readonly title?: string };
}

export type GraphInput = string | number | boolean | null | object;

export type Graph = Readonly<Record<string, GraphNode>>;

/** What Easel puts into a graph, by slot. */
export type SlotValues = Partial<Record<Slot, string | number>>;

/** One place of a value in a graph. */
export type SlotPlace = readonly [node: string, input: string];

/**
 * A graph with named places: a shipped one of the folder `workflows/`, or an operator's own. A slot
 * without a place leaves its value to the graph.
 */
export interface Workflow {
  /** The file's name, for messages. */
  readonly name: string;
  readonly graph: Graph;
  readonly slots: Readonly<Partial<Record<Slot, readonly SlotPlace[]>>>;
  /** Nodes whose images are the result; where there are none, all that the run saves are. */
  readonly outputs: readonly string[];
}

type OpenGraph = Record<string, { class_type: string; inputs: Record<string, GraphInput> }>;

/**
 * The graph with the values in their places. Nodes that load a reference image which did not come
 * are taken out, and with them whatever cannot do without: `isRequired` tells which inputs those are.
 */
export function fillWorkflow(
  { graph, slots }: Workflow,
  values: SlotValues,
  isRequired: (node: string, input: string) => boolean = () => false,
): Graph {
  const filled: OpenGraph = {};
  for (const [id, { class_type, inputs }] of Object.entries(graph)) {
    filled[id] = { class_type, inputs: { ...inputs } };
  }
  for (const [slot, places] of Object.entries(slots) as [Slot, readonly SlotPlace[]][]) {
    const value = values[slot];
    for (const [node, input] of places) {
      if (value !== undefined) Object.assign(filled[node]?.inputs ?? {}, { [input]: value });
      else if (slot.startsWith('reference')) removeNode(filled, node, isRequired);
    }
  }
  return filled;
}

function removeNode(
  graph: OpenGraph,
  removed: string,
  isRequired: (node: string, input: string) => boolean,
): void {
  delete graph[removed];
  for (const [id, { inputs }] of Object.entries(graph)) {
    for (const [input, value] of Object.entries(inputs)) {
      if (!isLink(value) || value[0] !== removed) continue;
      delete inputs[input];
      if (isRequired(id, input)) removeNode(graph, id, isRequired);
    }
  }
}

export function isLink(value: GraphInput | undefined): value is readonly [string, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'number'
  );
}

/** The nodes that take an output of a node, with the input and which output it is. */
export function consumersOf(graph: Graph, node: string) {
  return Object.entries(graph).flatMap(([id, { inputs }]) =>
    Object.entries(inputs).flatMap(([input, value]) =>
      isLink(value) && value[0] === node ? [{ id, input, output: value[1] }] : [],
    ),
  );
}

/** Equal for equal graphs and places, in whatever order they are written and however titled. */
export function workflowHash({ graph, slots }: Workflow): string {
  const bare = Object.entries(graph).map(([id, { class_type, inputs }]) => [
    id,
    class_type,
    Object.entries(inputs).sort(byName),
  ]);
  const places = Object.entries(slots).sort(byName);
  const text = JSON.stringify([bare.sort(byName), places]);
  return createHash('sha256').update(text).digest('hex');
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
