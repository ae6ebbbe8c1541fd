import { digits, type Spread, spreadOf } from './statistics.js';

/** A line of the table. */
export interface Row {
  readonly figure: string;
  readonly floor: string;
  readonly easel: string;
  readonly ratio: string;
  readonly goal: string;
  readonly verdict: string;
  /** What a miss comes from. */
  readonly why: string;
}

export interface Goal {
  /** What the ratio may be at most, or must be at least. */
  readonly most?: number;
  readonly least?: number;
}

export interface Comparison {
  readonly figure: string;
  readonly unit: string;
  /** One value a round, the floor's and Easel's measured in turn. */
  readonly floor: readonly number[];
  readonly easel: readonly number[];
  readonly goal: Goal;
  readonly why?: string;
}

/** Easel's median to the floor's, against a goal for their ratio. */
export function compared({ figure, unit, floor, easel, goal, why = '' }: Comparison): Row {
  const [below, above] = [spreadOf(floor), spreadOf(easel)];
  const ratio = above.median / below.median;
  return {
    figure,
    floor: told(below, unit),
    easel: told(above, unit),
    ratio: `${digits(ratio)}×`,
    goal: goalText(goal, '×'),
    verdict: judge(ratio, goal),
    why,
  };
}

export interface Measurement {
  readonly figure: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly goal: Goal;
  /** What the goal compares with, in words. */
  readonly against?: string;
  readonly why?: string;
}

/** A figure with a goal of its own. */
export function measured({
  figure,
  unit,
  values,
  goal,
  against = '–',
  why = '',
}: Measurement): Row {
  const spread = spreadOf(values);
  return {
    figure,
    floor: against,
    easel: told(spread, unit),
    ratio: '–',
    goal: goalText(goal, ` ${unit}`),
    verdict: judge(spread.median, goal),
    why,
  };
}

function told({ median, least, most }: Spread, unit: string): string {
  const range = least === most ? '' : ` (${digits(least)}–${digits(most)})`;
  return `${digits(median)} ${unit}${range}`;
}

function goalText({ most, least }: Goal, unit: string): string {
  if (most !== undefined) return `≤ ${most}${unit}`;
  return least === undefined ? '–' : `≥ ${least}${unit}`;
}

/** A miss is told with its factor: how many times the goal, or what part of it. */
function judge(value: number, { most, least }: Goal): string {
  if (most === undefined && least === undefined) return '–';
  if (most !== undefined && value > most) {
    return most === 0 ? `missed: ${digits(value)}` : `missed: ${digits(value / most)}× the goal`;
  }
  if (least !== undefined && value < least) return `missed: ${digits(value / least)}× the goal`;
  return 'reached';
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ figure, floor, easel, ratio, goal, verdict }) =>
    [figure, floor, easel, ratio, goal, verdict].join(' | '),
  );
  return [
    '| figure | floor | Easel | ratio | goal | verdict |',
    '|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

/** One line for each reason, with the figures that it explains. */
export function reasonsOf(rows: readonly Row[]): string {
  const missed = rows.filter(({ verdict, why }) => verdict.startsWith('missed') && why !== '');
  const reasons = [...new Set(missed.map(({ why }) => why))];
  if (reasons.length === 0) return 'None does.';
  return reasons
    .map((why) => {
      const [first = '', ...others] = missed
        .filter((row) => row.why === why)
        .map(({ figure }) => figure);
      const more = others.length === 0 ? '' : `, and ${others.length} more like it`;
      return `- ${first}${more}: ${why}.`;
    })
    .join('\n');
}
