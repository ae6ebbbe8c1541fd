import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Exchange,
  exchangeOf,
  readRecording,
  readSummary,
  shapeOf,
} from '../../../support/comfyui-recordings.js';
import { type ComfyUiServer, startComfyUiServer } from '../../../support/comfyui-server.js';

/** The stand-in is only worth as much as it says what the recorded server said. */
let server: ComfyUiServer;
beforeEach(async () => {
  server = await startComfyUiServer();
});
afterEach(() => server.close());

async function call(exchange: Exchange, path = exchange.path) {
  const hasBody = exchange.req !== undefined;
  const response = await fetch(`${server.url}${path}`, {
    method: exchange.method ?? 'GET',
    ...(hasBody && { body: JSON.stringify(exchange.req) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

/** Opens a socket as the recorded client did, and keeps its frames. */
async function listen(clientId: string) {
  const frames: { type: string; shape: unknown; json?: { data: Record<string, unknown> } }[] = [];
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws?clientId=${clientId}`);
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      frames.push({ type: `binary ${data.readUInt32BE(0)}`, shape: 'binary' });
      return;
    }
    const json = JSON.parse(data.toString());
    frames.push({ type: json.type, shape: shapeOf(json), json });
    if (json.type === 'executing' && json.data.node === null) finish();
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const data = { supports_preview_metadata: true };
  socket.send(JSON.stringify({ type: 'feature_flags', data }));
  return { frames, finished, socket };
}

function recordedFrames(name: string) {
  return readRecording(name)
    .filter((each) => each.dir === 'ws<')
    .map((each) => {
      if (each.json === undefined) {
        const kind = Buffer.from(each.b64 ?? '', 'base64').readUInt32BE(0);
        return { type: `binary ${kind}`, shape: 'binary' };
      }
      return { type: (each.json as { type: string }).type, shape: shapeOf(each.json) };
    });
}

const shapes = (frames: readonly { type: string; shape: unknown }[]) =>
  frames.filter((each) => each.type !== 'status').map(({ type, shape }) => ({ type, shape }));

async function play(name: string, during?: (promptId: string) => Promise<void>) {
  const post = exchangeOf(name, 'POST', '/prompt');
  const { client_id } = post.req as { client_id: string };
  const client = await listen(client_id);
  const answer = await call(post);
  const id = answer.json.prompt_id as string;
  await during?.(id);
  await client.finished;
  client.socket.terminate();
  const history = await call({ ...post, method: 'GET', req: undefined }, `/history/${id}`);
  return { answer, frames: client.frames, history };
}

it('says on its socket what the recorded server said, frame by frame', async () => {
  const { answer, frames, history } = await play('txt2img');
  const recorded = exchangeOf('txt2img', 'GET', /^\/history/);
  expect(shapeOf(answer.json)).toEqual(shapeOf(exchangeOf('txt2img', 'POST', '/prompt').json));
  expect(shapes(frames)).toEqual(shapes(recordedFrames('txt2img')));
  expect(shapeOf(history.json)).toEqual(shapeOf(recorded.json));
});

it('answers a graph that it has run before from its cache, as recorded', async () => {
  const first = await play('txt2img');
  const again = await play('txt2img-cached');
  expect(shapes(again.frames)).toEqual(shapes(recordedFrames('txt2img-cached')));
  const outputsOf = (history: Record<string, { outputs: unknown }>) =>
    Object.values(history).map((entry) => entry.outputs);
  expect(outputsOf(again.history.json)).toEqual(outputsOf(first.history.json));
});

it('names a missing model as recorded', async () => {
  const post = exchangeOf('missing-model', 'POST', '/prompt');
  const answer = await call(post);
  expect(answer.status).toBe(400);
  expect(answer.json).toEqual(post.json);
});

it('keeps an interrupted run in its history as recorded', async () => {
  server.execution.hold();
  const { frames, history } = await play('interrupted', async (id) => {
    await server.began();
    const queue = exchangeOf('interrupted', 'GET', '/queue');
    expect(shapeOf((await call(queue)).json)).toEqual(shapeOf(queue.json));
    const interrupt = exchangeOf('interrupted', 'POST', '/interrupt');
    expect((await call({ ...interrupt, req: { prompt_id: id } })).status).toBe(interrupt.status);
  });
  const recorded = exchangeOf('interrupted', 'GET', /^\/history/);
  expect(shapeOf(history.json)).toEqual(shapeOf(recorded.json));
  const endOf = (all: { type: string; shape: unknown }[]) => shapes(all).slice(-2);
  expect(endOf(frames)).toEqual(endOf(recordedFrames('interrupted')));
});

it('keeps a failed run in its history as recorded', async () => {
  const recorded = exchangeOf('execution-error', 'GET', /^\/history/);
  const message = JSON.stringify(recorded.json);
  const how = /"exception_message":("(?:[^"\\]|\\.)*"),"exception_type":("[^"]*")/.exec(message);
  server.execution.failNext({
    exception_message: JSON.parse(how?.[1] ?? ''),
    exception_type: JSON.parse(how?.[2] ?? ''),
  });
  // The recorded graph asks for 4 TB, which the stand-in need not have.
  const { history, frames } = await play('execution-error');
  const withoutInputs = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, each) => (key === 'current_inputs' ? {} : each)));
  expect(shapeOf(withoutInputs(history.json))).toEqual(shapeOf(withoutInputs(recorded.json)));
  expect(shapes(frames).map((each) => each.type)).toEqual(
    shapes(recordedFrames('execution-error')).map((each) => each.type),
  );
});

it('answers its other calls as recorded', async () => {
  const played = readRecording('rest').filter((each) =>
    /^(GET|POST) \/(system_stats|prompt|queue|features|models\/checkpoints|models\/nope|object_info\/Check.*|history\/nope)$/.test(
      `${each.method} ${each.path}`,
    ),
  );
  expect(played.length).toBeGreaterThan(10);
  for (const exchange of played) {
    const answer = await call(exchange);
    expect({ path: exchange.path, status: answer.status }).toEqual({
      path: exchange.path,
      status: exchange.status,
    });
    expect(shapeOf(answer.json)).toEqual(shapeOf(exchange.json));
  }
});

it('tells a client that comes back which node runs, and goes on with its frames', async () => {
  const summary = readSummary('reconnect') as {
    reconnectFirst: { type?: string; data?: unknown }[];
  };
  const post = exchangeOf('txt2img', 'POST', '/prompt');
  const { client_id } = post.req as { client_id: string };
  const first = await listen(client_id);
  server.execution.hold();
  await call(post);
  await server.began();
  first.socket.terminate();
  const second = await listen(client_id);
  server.execution.release();
  await second.finished;
  second.socket.terminate();
  const recorded = summary.reconnectFirst.filter((each) => each.type !== undefined).slice(0, 3);
  const seen = second.frames.filter((each) => each.type !== 'feature_flags').slice(0, 3);
  expect(seen.map((each) => ({ type: each.type, data: shapeOf(each.json?.data) }))).toEqual(
    recorded.map((each) => ({ type: each.type, data: shapeOf(each.data) })),
  );
});

it('stores uploads under the names that the recorded server gave', async () => {
  const summary = readSummary('upload-and-img2img') as Record<string, { body: unknown }>;
  const upload = async (bytes: string, subfolder?: string) => {
    const form = new FormData();
    form.set('image', new Blob([bytes]), 'cat.png');
    if (subfolder !== undefined) form.set('subfolder', subfolder);
    const response = await fetch(`${server.url}/upload/image`, { method: 'POST', body: form });
    return response.json();
  };
  expect(await upload('one')).toEqual(summary.first?.body);
  expect(await upload('one')).toEqual(summary.dupSame?.body);
  expect(await upload('one', 'bot/j1')).toEqual(summary.sub?.body);
  expect(await upload('another')).toEqual({ name: 'cat (1).png', subfolder: '', type: 'input' });
  const empty = await fetch(`${server.url}/upload/image`, { method: 'POST', body: new FormData() });
  expect(empty.status).toBe(summary.noimg);
});
