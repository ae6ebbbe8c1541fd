import { z } from 'zod';

/** What the server says of a class of nodes (`/object_info`). */
export interface NodeClass {
  readonly required: ReadonlyMap<string, InputType>;
  readonly optional: ReadonlyMap<string, InputType>;
  /** It is there, and what it takes is told in a way that we cannot read. */
  readonly isOpaque?: boolean;
}

export interface InputType {
  /** E.g. `MODEL`, `INT`; `COMBO` for one of a list. */
  readonly type: string;
  /** Where one of a list has to be chosen, and the list is told. */
  readonly options?: readonly unknown[];
}

/** By name: null where the server has no such class. What could not be asked for is left out. */
export type NodeClasses = ReadonlyMap<string, NodeClass | null>;

/** `[[…choices], {…}]` or `["COMBO", {options}]` or `["TYPE", {…}]`. */
const inputType = z.union([
  z
    .tuple([z.array(z.unknown())])
    .rest(z.unknown())
    .transform(([options]): InputType => ({ type: 'COMBO', options })),
  z
    .tuple([z.string()])
    .rest(z.unknown())
    .transform(([type, details]): InputType => {
      const options = z.object({ options: z.array(z.unknown()) }).safeParse(details).data?.options;
      return type === 'COMBO' && options ? { type, options } : { type };
    }),
]);

const inputs = z
  .record(z.string(), inputType.or(z.unknown().transform((): InputType => ({ type: '*' }))))
  .optional()
  .catch(undefined);

const nodeClass = z.object({ input: z.object({ required: inputs, optional: inputs }) }).transform(
  ({ input: { required, optional } }): NodeClass => ({
    required: new Map(Object.entries(required ?? {})),
    optional: new Map(Object.entries(optional ?? {})),
  }),
);

const opaque: NodeClass = { required: new Map(), optional: new Map(), isOpaque: true };

/** An answer to `/object_info/{class}`: empty where the server has no such class. */
export const nodeClassAnswer = z.record(z.string(), nodeClass.catch(opaque));
