import { advance, type Lane, pickLane, type UserCaps } from './fair-share.js';

/** A lane with the tasks at its head, those that may run now, the first first. */
export interface WaitingLane extends Lane {
  readonly tasks: readonly WaitingTask[];
}

export interface WaitingTask {
  readonly id: string;
  /** The only instance that may have it. */
  readonly pinnedInstance: string | null;
}

export interface AdmissionPlan {
  readonly admitted: readonly {
    readonly taskId: string;
    readonly instance: string;
  }[];
  /** Lanes that are served, with their next start tags. */
  readonly served: readonly { readonly userId: string; readonly virtualTime: number }[];
  /** The start tag of the task that goes last. */
  readonly virtualTime: number;
}

/**
 * Who gets the free slots, one after the other by the rule of `pickLane`. `slots` names an instance
 * once a slot, the one to fill first at the front.
 */
export function planAdmission(
  waiting: readonly WaitingLane[],
  slots: readonly string[],
  caps: UserCaps,
): AdmissionPlan {
  const free = [...slots];
  const admitted: { taskId: string; instance: string }[] = [];
  const served = new Map<string, number>();
  let virtualTime = 0;
  let lanes = waiting;
  const fits = ({ pinnedInstance }: WaitingTask) =>
    pinnedInstance === null || free.includes(pinnedInstance);
  while (free.length > 0) {
    const lane = pickLane(
      lanes.filter(({ tasks }) => tasks.some(fits)),
      caps,
    );
    const task = lane?.tasks.find(fits);
    if (!lane || !task) break;
    const at = task.pinnedInstance === null ? 0 : free.indexOf(task.pinnedInstance);
    const [instance = ''] = free.splice(at, 1);
    admitted.push({ taskId: task.id, instance });
    virtualTime = Math.max(virtualTime, lane.virtualTime);
    const after: WaitingLane = {
      ...lane,
      virtualTime: advance(lane),
      running: lane.running + 1,
      tasks: lane.tasks.filter((other) => other !== task),
    };
    served.set(lane.userId, after.virtualTime);
    lanes = lanes.map((other) => (other === lane ? after : other));
  }
  return {
    admitted,
    served: [...served].map(([userId, time]) => ({ userId, virtualTime: time })),
    virtualTime,
  };
}
