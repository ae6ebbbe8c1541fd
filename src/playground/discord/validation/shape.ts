import { z } from 'zod';
import { type FieldPath, FormProblems } from '../errors.js';

/** Every object of a request is strict: a misspelt key is refused, not ignored. */
export const strict = z.strictObject;

export const snowflake = z.union([
  z.string().regex(/^\d{1,20}$/),
  z
    .int()
    .min(0)
    .transform((id) => id.toString()),
]);

export const text = (min: number, max: number) => z.string().min(min).max(max);

/**
 * Reads a request's body by its schema.
 * @throws DiscordError 400/50035 naming every field that does not fit
 */
export function readShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: FieldPath = [],
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = new FormProblems(at);
  for (const issue of result.error.issues) addIssue(problems, issue);
  problems.throwIfAny();
  throw new TypeError('a refused body named no problem');
}

function addIssue(problems: FormProblems, issue: z.core.$ZodIssue): void {
  const path = issue.path.map(step);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        problems.add([...path, key], 'UNKNOWN_FIELD', `Unknown field "${key}".`);
      }
      return;
    case 'invalid_type':
      problems.add(path, ...invalidType(issue));
      return;
    case 'too_big':
      problems.add(path, ...outOfBounds('MAX', issue.origin, issue.maximum));
      return;
    case 'too_small':
      problems.add(path, ...outOfBounds('MIN', issue.origin, issue.minimum));
      return;
    case 'invalid_union':
      problems.add(path, 'UNION_TYPE_CHOICES', `No known form fits this value. ${issue.message}`);
      return;
    case 'invalid_value':
      problems.add(
        path,
        'BASE_TYPE_CHOICES',
        `This value must be one of (${issue.values.join(', ')}).`,
      );
      return;
    default:
      problems.add(path, 'STRING_TYPE_REGEX', issue.message);
  }
}

function invalidType(issue: z.core.$ZodIssueInvalidType): [string, string] {
  return issue.message.includes('received undefined')
    ? ['BASE_TYPE_REQUIRED', 'This field is required']
    : ['BASE_TYPE_INVALID', `Must be of type ${issue.expected}.`];
}

function outOfBounds(side: 'MAX' | 'MIN', origin: string, bound: number | bigint) {
  const word = side === 'MAX' ? 'fewer' : 'more';
  return (
    origin === 'number' || origin === 'int'
      ? [`NUMBER_TYPE_${side}`, `Must be ${bound} or ${side === 'MAX' ? 'less' : 'greater'}.`]
      : [`BASE_TYPE_${side}_LENGTH`, `Must be ${bound} or ${word} in length.`]
  ) as [string, string];
}

function step(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part);
}
