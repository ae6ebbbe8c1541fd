import { z } from 'zod';
import { inputsFor, isMark, nearestMark, readTitle, type Slot, type SlotMark } from './slots.js';
import { type Graph, type GraphNode, isLink, type SlotPlace, type Workflow } from './workflow.js';

/** A workflow as it was read, and all that is wrong with it; each names node and input. */
export interface ReadWorkflow {
  readonly workflow: Workflow;
  readonly problems: readonly string[];
}

/** By slot, where its value goes, as `node.input`. */
export type SlotMapping = Readonly<Record<string, string | readonly string[]>>;

const graphNode = z.object({
  class_type: z.string().min(1),
  inputs: z.record(
    z.string(),
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(z.unknown()),
      z.looseObject({}),
    ]),
  ),
  _meta: z.object({ title: z.string().optional() }).optional().catch(undefined),
});

/**
 * Reads a file of ComfyUI's API format, finds its slots by titles and by the mapping, and checks
 * what can be checked without a server.
 */
export function readWorkflow(
  name: string,
  content: unknown,
  mapping: SlotMapping = {},
): ReadWorkflow {
  const problems: string[] = [];
  const graph = readGraph(content, problems);
  checkLinks(graph, problems);
  const slots: Partial<Record<Slot, SlotPlace[]>> = {};
  const outputs: string[] = [];
  const mark = (id: string, node: GraphNode, { name: slot, input }: SlotMark) => {
    if (slot === 'output') {
      outputs.push(id);
    } else if (slot === 'size') {
      mark(id, node, { name: 'width' });
      mark(id, node, { name: 'height' });
    } else {
      const found = input === undefined ? inputsFor(slot, node.inputs) : [input];
      if (found.length === 0) problems.push(`${label(id, node)}: no input that takes ${slot}`);
      for (const each of found) {
        const problem = placeProblem(node, each);
        if (problem) problems.push(`${label(id, node)}, input ${each}: ${problem}`);
        else slots[slot] = [...(slots[slot] ?? []), [id, each]];
      }
    }
  };
  for (const [id, node] of Object.entries(graph)) {
    const { marks, unknown } = readTitle(node._meta?.title ?? '');
    for (const word of unknown) {
      problems.push(
        `${label(id, node)}: unknown slot easel:${word}; did you mean ${nearestMark(word)}?`,
      );
    }
    for (const each of marks) mark(id, node, each);
  }
  for (const [slot, places] of Object.entries(mapping)) {
    if (!isMark(slot)) {
      problems.push(`slots.${slot}: unknown slot; did you mean ${nearestMark(slot)}?`);
      continue;
    }
    for (const place of typeof places === 'string' ? [places] : places) {
      const [id = '', input] = place.split('.');
      const node = graph[id];
      if (node === undefined) problems.push(`slots.${slot}: there is no node ${id}`);
      else mark(id, node, { name: slot, ...(input !== undefined && { input }) });
    }
  }
  nameFiles(graph, slots);
  return { workflow: { name, graph, slots, outputs }, problems };
}

/**
 * Whatever saves gets a name of the run's own, marked or not: a graph that ran before is otherwise
 * answered with the file of that time, which may be gone.
 */
function nameFiles(graph: Graph, slots: Partial<Record<Slot, SlotPlace[]>>): void {
  const marked = slots.prefix ?? [];
  const others = Object.entries(graph).filter(
    ([id, { class_type, inputs }]) =>
      class_type === 'SaveImage' &&
      typeof inputs.filename_prefix === 'string' &&
      !marked.some(([node]) => node === id),
  );
  const found = others.map(([id]): SlotPlace => [id, 'filename_prefix']);
  if (found.length > 0) slots.prefix = [...marked, ...found];
}

function readGraph(content: unknown, problems: string[]): Graph {
  if (!isObject(content)) {
    problems.push('expected an object of nodes, as "Export (API)" writes it');
    return {};
  }
  if (Array.isArray(content.nodes)) {
    problems.push('it is in the editor\'s own format; export it anew with "Export (API)"');
    return {};
  }
  // As it stands in the body of a submission.
  const nodes =
    isObject(content.prompt) && !('class_type' in content.prompt) ? content.prompt : content;
  const graph: Record<string, GraphNode> = {};
  for (const [id, node] of Object.entries(nodes)) {
    const read = graphNode.safeParse(node);
    if (read.success) {
      const { class_type, inputs, _meta } = read.data;
      const title = _meta?.title;
      graph[id] = { class_type, inputs, ...(title !== undefined && { _meta: { title } }) };
    } else {
      const at = read.error.issues[0]?.path.join('.');
      problems.push(
        `node ${id}: expected class_type and inputs of the API format${at ? ` (${at})` : ''}`,
      );
    }
  }
  if (Object.keys(nodes).length === 0) problems.push('it has no nodes');
  return graph;
}

function checkLinks(graph: Graph, problems: string[]): void {
  for (const [id, node] of Object.entries(graph)) {
    for (const [input, value] of Object.entries(node.inputs)) {
      if (isLink(value) && graph[value[0]] === undefined) {
        problems.push(
          `${label(id, node)}, input ${input}: linked to node ${value[0]}, and there is none`,
        );
      }
    }
  }
  const circle = findCircle(graph);
  if (circle) problems.push(`nodes ${circle.join(' → ')}: linked in a circle`);
}

function findCircle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (id: string): string[] | undefined => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    if (done.has(id)) return undefined;
    way.push(id);
    for (const value of Object.values(graph[id]?.inputs ?? {})) {
      const found = isLink(value) ? visit(value[0]) : undefined;
      if (found) return found;
    }
    way.pop();
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(graph)) {
    const found = visit(id);
    if (found) return found;
  }
  return undefined;
}

function placeProblem(node: GraphNode, input: string): string | undefined {
  const value = node.inputs[input];
  if (value === undefined) return `there is none; it has ${Object.keys(node.inputs).join(', ')}`;
  return isLink(value) ? `it is linked to node ${value[0]}: mark that one instead` : undefined;
}

/** A node as messages name it. */
export function label(id: string, { class_type }: Pick<GraphNode, 'class_type'>): string {
  return `node ${id} (${class_type})`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
