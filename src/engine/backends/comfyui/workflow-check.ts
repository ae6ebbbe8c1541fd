import type { InputType, NodeClass, NodeClasses } from './node-class.js';
import type { GraphNode, Workflow } from './workflow.js';
import { isLink } from './workflow.js';
import { label } from './workflow-reading.js';

/**
 * What a server has against a workflow, each naming node and input: a class that it does not have,
 * an input that is missing, a value that is none of those it takes. Classes that are not known are
 * not judged.
 */
export function checkWorkflow(workflow: Workflow, classes: NodeClasses): string[] {
  const filled = new Set(
    Object.values(workflow.slots).flatMap((places) => places.map(([id, input]) => key(id, input))),
  );
  return Object.entries(workflow.graph).flatMap(([id, node]) => {
    const known = classes.get(node.class_type);
    if (known === null) return [`${label(id, node)}: the server has no such node`];
    if (known === undefined || known.isOpaque) return [];
    return [
      ...missingInputs(node, known).map((input) => `${label(id, node)}, input ${input}: missing`),
      ...Object.entries(node.inputs).flatMap(([input, value]) => {
        const type = known.required.get(input) ?? known.optional.get(input);
        const isFilled = filled.has(key(id, input));
        if (isFilled && type === undefined) {
          return [`${label(id, node)}, input ${input}: the server's node has no such input`];
        }
        const problem = isFilled ? undefined : valueProblem(value, type);
        return problem ? [`${label(id, node)}, input ${input}: ${problem}`] : [];
      }),
    ];
  });
}

/** Whether a server does without a value there. Unknown is taken for 'yes'. */
export function isRequiredBy(workflow: Workflow, classes: NodeClasses) {
  return (id: string, input: string) => {
    const name = workflow.graph[id]?.class_type;
    return name !== undefined && (classes.get(name)?.required.has(input) ?? false);
  };
}

function missingInputs({ inputs }: GraphNode, { required }: NodeClass): string[] {
  return (
    [...required]
      // Inputs that other inputs decide the shape of stand under names of their own.
      .filter(([name, { type }]) => !(name in inputs) && !/DYNAMIC|AUTOGROW|MATCHTYPE/i.test(type))
      .map(([name]) => name)
  );
}

function valueProblem(value: unknown, type: InputType | undefined): string | undefined {
  if (type?.options === undefined || isLink(value as object)) return undefined;
  const isOne = type.options.some((option) => String(option) === String(value));
  if (isOne) return undefined;
  return `${JSON.stringify(value)} is not one of those that the server has`;
}

function key(id: string, input: string): string {
  return `${id}.${input}`;
}
