/**
 * What may go wrong between the bot and the platform.
 * `reset-before`: the connection breaks and nothing was done.
 * `reset-after`: everything was done, and the connection breaks instead of an answer.
 * `502-after`: the same, with a gateway's page as the answer.
 * `400`: refused as a form that is wrong, for a reason of the platform's own.
 * `hang`: nothing is done, and no answer comes until the playground closes.
 */
export type FaultKind =
  | '400'
  | '429'
  | '500'
  | '502-after'
  | 'reset-before'
  | 'reset-after'
  | 'hang';

export interface Fault {
  kind: FaultKind;
  /** A method, or a pattern for `METHOD /route/{template}`; every request where absent. */
  route?: string | RegExp;
  /** How many requests it strikes; 1 where absent. */
  count?: number;
  /** For `429`; 1000 where absent. */
  retryAfterMs?: number;
}

export interface Faults {
  /** Arms a fault for the next requests that fit. */
  next(fault: Fault): void;
  clear(): void;
}

export interface ArmedFaults extends Faults {
  take(method: string, template: string): Fault | undefined;
}

export function createFaults(): ArmedFaults {
  let armed: { fault: Fault; left: number }[] = [];
  return {
    next(fault) {
      armed.push({ fault, left: fault.count ?? 1 });
    },
    clear() {
      armed = [];
    },
    take(method, template) {
      const struck = armed.find(({ fault }) => fits(fault, method, template));
      if (!struck) return undefined;
      struck.left -= 1;
      if (struck.left <= 0) armed = armed.filter((each) => each !== struck);
      return struck.fault;
    },
  };
}

function fits({ route }: Fault, method: string, template: string): boolean {
  if (route === undefined) return true;
  return typeof route === 'string' ? route === method : route.test(`${method} ${template}`);
}
