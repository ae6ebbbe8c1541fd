import type { Execution, QueueItem } from './comfyui-execution.js';
import { objectInfo, type StandInFiles, standInNodes } from './comfyui-nodes.js';
import type { StandInGraph } from './comfyui-pictures.js';
import { exchangeOf } from './comfyui-recordings.js';
import { validate } from './comfyui-validation.js';

export interface StandInAnswer {
  readonly status?: number;
  readonly json?: unknown;
  readonly bytes?: Buffer;
  readonly contentType?: string;
}

export interface RoutesOptions {
  readonly version: 'old' | '0.3.64' | 'new';
  /** By folder. */
  readonly files: StandInFiles;
  /** Classes of nodes that it lacks. */
  readonly lacks: readonly string[];
  /** Folders that it does not know. */
  readonly lacksFolders: readonly string[];
  readonly uploads: Map<string, Buffer>;
  readonly saved: ReadonlyMap<string, Buffer>;
  readonly execution: Execution;
}

export const maxUploadBytes = 104857600;

/** The HTTP calls of the recordings, on one queue. */
export function createRoutes(options: RoutesOptions) {
  const { version, files, lacks, lacksFolders, uploads, saved, execution } = options;
  let number = 0;

  function submit(json: Record<string, unknown>): StandInAnswer {
    const graph = json.prompt as StandInGraph | undefined;
    const checked = validate(graph, files, uploads);
    if ('error' in checked || graph === undefined) return { status: 400, json: checked };
    const id = version === 'old' || !json.prompt_id ? crypto.randomUUID() : String(json.prompt_id);
    const extra = {
      ...(json.extra_data as object),
      ...(json.client_id !== undefined && { client_id: String(json.client_id) }),
    };
    const item = { number: number++, id, graph, extra, outputs: checked.outputs };
    setImmediate(() => execution.submit(item));
    return { json: { prompt_id: id, number: item.number, node_errors: {} } };
  }

  async function upload(body: Buffer, type: string): Promise<StandInAnswer> {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': type },
    }).formData();
    const file = form.get('image');
    if (!(file instanceof File)) return { status: 400 };
    const bytes = Buffer.from(await file.arrayBuffer());
    const subfolder = String(form.get('subfolder') ?? '');
    const keyOf = (name: string) => (subfolder === '' ? name : `${subfolder}/${name}`);
    const [, stem, extension] = /^(.*?)(\.[^.]*)?$/.exec(file.name) ?? [];
    let { name } = file;
    for (let n = 1; uploads.has(keyOf(name)) && !uploads.get(keyOf(name))?.equals(bytes); n++) {
      name = `${stem} (${n})${extension ?? ''}`;
    }
    uploads.set(keyOf(name), bytes);
    return { json: { name, subfolder, type: 'input' } };
  }

  return async function answer(
    method: string,
    url: URL,
    body: Buffer,
    contentType: string,
  ): Promise<StandInAnswer> {
    const path = url.pathname.replace(/^\/api(?!\/jobs)/, '');
    const json = () => JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    const call = `${method} ${path}`;
    if (call === 'GET /system_stats') return { json: recordedStats };
    if (call === 'GET /prompt') return { json: execution.status };
    if (call === 'GET /features') {
      return { json: { supports_preview_metadata: true, max_upload_size: maxUploadBytes } };
    }
    const folder = /^\/models\/(\w+)$/.exec(path)?.[1] ?? '';
    if (method === 'GET' && files[folder] && version !== 'old') {
      return lacksFolders.includes(folder) ? { status: 404 } : { json: files[folder] };
    }
    if (call === 'GET /object_info/CheckpointLoaderSimple')
      return { json: loaderInfo(files.checkpoints ?? []) };
    if (call === 'GET /object_info') {
      const known = Object.keys(standInNodes).filter((each) => !lacks.includes(each));
      return { json: Object.fromEntries(known.map((each) => [each, objectInfo(each, files)])) };
    }
    const name = /^\/object_info\/(\w+)$/.exec(path)?.[1];
    if (method === 'GET' && name !== undefined) {
      const info = lacks.includes(name) ? undefined : objectInfo(name, files);
      return { json: info ? { [name]: info } : {} };
    }
    if (call === 'GET /queue') {
      const item = ({ number, id, graph, extra, outputs }: QueueItem) => [
        number,
        id,
        graph,
        extra,
        outputs,
      ];
      const { running, pending } = execution;
      return {
        json: { queue_running: running ? [item(running)] : [], queue_pending: pending.map(item) },
      };
    }
    if (call === 'GET /history') {
      const count = Number(url.searchParams.get('max_items') ?? Number.POSITIVE_INFINITY);
      return { json: Object.fromEntries(Object.entries(execution.history).slice(-count)) };
    }
    if (method === 'GET' && path.startsWith('/history/')) {
      const id = path.slice('/history/'.length);
      const entry = execution.history[id];
      return { json: entry ? { [id]: entry } : {} };
    }
    if (call === 'GET /view') {
      const [filename, subfolder, type] = ['filename', 'subfolder', 'type'].map((name) =>
        url.searchParams.get(name),
      );
      const bytes = saved.get(`${type}/${subfolder}/${filename}`);
      return bytes ? { bytes, contentType: 'image/png' } : { status: 404 };
    }
    if (call === 'POST /prompt') return submit(json());
    if (call === 'POST /upload/image') return upload(body, contentType);
    if (call === 'POST /queue') {
      execution.deletePending((json().delete ?? []) as string[]);
      return {};
    }
    if (call === 'POST /interrupt') {
      const isMeant = version === 'old' || json().prompt_id === execution.running?.id;
      if (isMeant) execution.interrupt();
      return {};
    }
    const job = /^\/api\/jobs\/([^/]+)\/cancel$/.exec(url.pathname)?.[1];
    if (method === 'POST' && job !== undefined && version === 'new') {
      const isRunning = execution.running?.id === job;
      const isPending = execution.pending.some((item) => item.id === job);
      if (isRunning) execution.interrupt();
      execution.deletePending([job]);
      return { json: { cancelled: isRunning || isPending } };
    }
    return method === 'GET' ? { status: 404 } : { status: 405 };
  };
}

const recordedStats = exchangeOf('rest', 'GET', '/system_stats').json;

function loaderInfo(checkpoints: readonly string[]): unknown {
  const recorded = exchangeOf('rest', 'GET', '/object_info/CheckpointLoaderSimple').json;
  const info = structuredClone(recorded) as {
    CheckpointLoaderSimple: { input: { required: object } };
  };
  info.CheckpointLoaderSimple.input.required = { ckpt_name: [checkpoints, {}] };
  return info;
}
