import type { StandInGraph } from './comfyui-pictures.js';

const linksOf = (graph: StandInGraph, node: string) =>
  Object.values(graph[node]?.inputs ?? {}).flatMap((value) =>
    Array.isArray(value) && graph[String(value[0])] ? [String(value[0])] : [],
  );

/** A node comes after all that leads to it. */
export function orderOf(graph: StandInGraph, outputs: readonly string[]): string[] {
  const order: string[] = [];
  const visit = (node: string) => {
    if (order.includes(node)) return;
    for (const link of linksOf(graph, node)) visit(link);
    if (!order.includes(node)) order.push(node);
  };
  for (const output of outputs) visit(output);
  return order;
}

/** Equal for nodes whose own inputs and all that leads to them are equal. */
export function signatureOf(graph: StandInGraph, node: string): string {
  const { class_type, inputs } = graph[node] ?? { class_type: '', inputs: {} };
  const entries = Object.entries(inputs).map(([name, value]) =>
    Array.isArray(value) && graph[String(value[0])]
      ? [name, signatureOf(graph, String(value[0])), value[1]]
      : [name, value],
  );
  return JSON.stringify([class_type, entries.sort()]);
}
