import { setTimeout as sleep } from 'node:timers/promises';
import { orderOf, signatureOf } from './comfyui-graph.js';
import { picturesOf, type StandInGraph } from './comfyui-pictures.js';

export interface QueueItem {
  readonly number: number;
  readonly id: string;
  readonly graph: StandInGraph;
  readonly extra: { client_id?: string } & Record<string, unknown>;
  readonly outputs: readonly string[];
}

export interface ExecutionFailure {
  readonly exception_type: string;
  readonly exception_message: string;
}

export interface ExecutionOptions {
  /** Of a step of a sampler. */
  readonly stepMs: number;
  /** Divides the sides of pictures. */
  readonly shrink: number;
  readonly send: (clientId: string | undefined, type: string, data: object) => void;
  readonly sendPreview: (clientId: string | undefined, metadata: object) => void;
  readonly sendStatus: () => void;
  readonly uploads: ReadonlyMap<string, Buffer>;
  readonly saved: Map<string, Buffer>;
}

interface NodeState {
  value: number;
  max: number;
  state: 'running' | 'finished';
}

class Interrupted extends Error {}
class NodeFailure extends Error {}

export type Execution = ReturnType<typeof createExecution>;

/** The server's prompt queue: one run at a time, in the order and with the frames of the recordings. */
export function createExecution(options: ExecutionOptions) {
  const { send, sendPreview, sendStatus, uploads, saved } = options;
  let pending: QueueItem[] = [];
  let running: QueueItem | undefined;
  let history: Record<string, object> = {};
  let cache = new Map<string, unknown>();
  let isInterrupted = false;
  let isHeld = false;
  let isWaiting = false;
  let failure: ExecutionFailure | undefined;
  let lastNode: string | undefined;
  let life = 0;
  let drained: Promise<void> = Promise.resolve();
  const counters = new Map<string, number>();
  let deepest = 0;

  const execution = {
    get running() {
      return running;
    },
    get pending(): readonly QueueItem[] {
      return pending;
    },
    get status() {
      return { exec_info: { queue_remaining: pending.length + (running ? 1 : 0) } };
    },
    get history() {
      return history;
    },
    /** What a client that comes back is told. */
    get lastNode() {
      return lastNode;
    },
    /** Whether a run has come to its sampler, or, held, to where it waits. */
    get hasBegun() {
      const node = running?.graph[lastNode ?? ''];
      return running !== undefined && (isWaiting || node?.class_type === 'KSampler');
    },
    /** Runs that it had at the same time, waiting ones among them, at most. */
    get deepest() {
      return deepest;
    },
    submit(item: QueueItem) {
      pending.push(item);
      deepest = Math.max(deepest, execution.status.exec_info.queue_remaining);
      sendStatus();
      drained = drained.then(() => runNext(life));
    },
    deletePending(ids: readonly string[]) {
      pending = pending.filter((item) => !ids.includes(item.id));
      sendStatus();
    },
    interrupt() {
      isInterrupted = true;
    },
    /** Runs wait before their sampler's next step, or before their end, until released. */
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
    },
    failNext(how: ExecutionFailure) {
      failure = how;
    },
    /** As after the process was started again: the files are kept, all else is gone. */
    restart() {
      life++;
      pending = [];
      running = undefined;
      history = {};
      cache = new Map();
      lastNode = undefined;
    },
    async close() {
      execution.restart();
      await drained;
    },
  };

  async function runNext(ownLife: number): Promise<void> {
    const item = ownLife === life ? pending.shift() : undefined;
    if (item === undefined) return;
    running = item;
    isInterrupted = false;
    sendStatus();
    const clientId = item.extra.client_id;
    const messages: [string, object][] = [];
    const tell = (type: string, data: object) => {
      messages.push([type, data]);
      if (ownLife === life) send(clientId, type, data);
    };
    const outputs: Record<string, object> = {};
    let status = { status_str: 'success', completed: true };
    try {
      await execute(item, ownLife, tell, outputs);
    } catch (error) {
      if (!(error instanceof Interrupted) && !(error instanceof NodeFailure)) throw error;
      status = { status_str: 'error', completed: false };
    }
    if (ownLife !== life) return;
    const { number, id, graph, extra } = item;
    const meta = Object.fromEntries(
      Object.keys(outputs).map((node) => [
        node,
        { node_id: node, display_node: node, parent_node: null, real_node_id: node },
      ]),
    );
    history[id] = {
      prompt: [number, id, graph, extra, item.outputs],
      outputs,
      status: { ...status, messages },
      meta,
    };
    running = undefined;
    lastNode = undefined;
    sendStatus();
    send(clientId, 'executing', { node: null, prompt_id: id });
  }

  async function execute(
    item: QueueItem,
    ownLife: number,
    tell: (type: string, data: object) => void,
    outputs: Record<string, object>,
  ): Promise<void> {
    const { id, graph } = item;
    const clientId = item.extra.client_id;
    const states: Record<string, NodeState> = {};
    const stamp = () => ({ prompt_id: id, timestamp: Date.now() });
    const order = orderOf(graph, item.outputs);
    const cached = order.filter((node) => cache.has(signatureOf(graph, node)));
    tell('execution_start', stamp());
    tell('execution_cached', { nodes: cached, ...stamp() });

    const tellStates = () => {
      if (ownLife !== life) return;
      const nodes = Object.entries(states).map(([node, state]) => [
        node,
        {
          ...state,
          node_id: node,
          prompt_id: id,
          display_node_id: node,
          parent_node_id: null,
          real_node_id: node,
        },
      ]);
      send(clientId, 'progress_state', { prompt_id: id, nodes: Object.fromEntries(nodes) });
    };
    const stop = (node: string) => {
      if (ownLife !== life) throw new Interrupted();
      if (!isInterrupted) return;
      const executed = Object.keys(states).filter((each) => each !== node);
      const node_type = graph[node]?.class_type;
      tell('execution_interrupted', {
        prompt_id: id,
        node_id: node,
        node_type,
        executed,
        timestamp: Date.now(),
      });
      throw new Interrupted();
    };
    const tellExecuted = (node: string, output: unknown) => {
      outputs[node] = output as object;
      if (ownLife === life)
        send(clientId, 'executed', { node, display_node: node, output, prompt_id: id });
    };

    for (const node of order) {
      const signature = signatureOf(graph, node);
      const isOutput = item.outputs.includes(node);
      if (cache.has(signature)) {
        if (!isOutput) continue;
        tellExecuted(node, cache.get(signature));
        states[node] = { value: 1, max: 1, state: 'finished' };
        tellStates();
        continue;
      }
      const state: NodeState = { value: 0, max: 1, state: 'running' };
      states[node] = state;
      tellStates();
      lastNode = node;
      if (ownLife === life)
        send(clientId, 'executing', { node, display_node: node, prompt_id: id });
      stop(node);
      if (failure !== undefined) {
        const how = failure;
        failure = undefined;
        const node_type = graph[node]?.class_type;
        tell('execution_error', {
          prompt_id: id,
          node_id: node,
          node_type,
          executed: Object.keys(states).filter((each) => each !== node),
          ...how,
          traceback: [],
          current_inputs: {},
          current_outputs: [...item.outputs, node],
          timestamp: Date.now(),
        });
        throw new NodeFailure();
      }
      if (graph[node]?.class_type === 'KSampler') {
        const steps = Number(graph[node]?.inputs.steps);
        for (let step = 1; step <= steps; step++) {
          await heldBack(ownLife);
          stop(node);
          await sleep(options.stepMs);
          state.value = step;
          state.max = steps;
          tellStates();
          if (ownLife !== life) continue;
          sendPreview(clientId, {
            node_id: node,
            prompt_id: id,
            display_node_id: node,
            parent_node_id: null,
            real_node_id: node,
            image_type: 'image/jpeg',
          });
          send(clientId, 'progress', { value: step, max: steps, prompt_id: id, node });
        }
      }
      if (isOutput) {
        const output = { images: await save(graph, node) };
        cache.set(signature, output);
        tellExecuted(node, output);
      } else {
        cache.set(signature, undefined);
      }
      if (state.max === 1) state.value = 1;
      state.state = 'finished';
      tellStates();
    }
    // A run that was answered from the cache had no step to wait at.
    await heldBack(ownLife);
    stop(item.outputs[0] ?? '');
    tell('execution_success', stamp());
  }

  async function heldBack(ownLife: number): Promise<void> {
    isWaiting = isHeld;
    while (isHeld && ownLife === life && !isInterrupted) await sleep(5);
    isWaiting = false;
  }

  async function save(graph: StandInGraph, node: string): Promise<object[]> {
    const path = String(graph[node]?.inputs.filename_prefix);
    const at = path.lastIndexOf('/');
    const [subfolder, prefix] = at < 0 ? ['', path] : [path.slice(0, at), path.slice(at + 1)];
    const pictures = await picturesOf(shrunk(graph, options.shrink), node, uploads);
    return pictures.map((bytes) => {
      const count = (counters.get(path) ?? 0) + 1;
      counters.set(path, count);
      const filename = `${prefix}_${String(count).padStart(5, '0')}_.png`;
      saved.set(`output/${subfolder}/${filename}`, bytes);
      return { filename, subfolder, type: 'output' };
    });
  }

  return execution;
}

function shrunk(graph: StandInGraph, by: number): StandInGraph {
  const nodes = Object.entries(graph).map(([id, node]) => {
    if (!/^Empty(SD3)?LatentImage$/.test(node.class_type)) return [id, node];
    const { width, height, ...rest } = node.inputs;
    const inputs = { ...rest, width: Number(width) / by, height: Number(height) / by };
    return [id, { ...node, inputs }];
  });
  return Object.fromEntries(nodes);
}
