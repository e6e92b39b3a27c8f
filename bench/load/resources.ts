// What keeps a Node process busy or alive, asked of the process itself through its inspector.

/** Where Node's inspector listens after SIGUSR1; one process at a time. */
const INSPECTOR = "http://127.0.0.1:9229/json/list";
const OPENS_WITHIN_MS = 500;

type Target = { readonly webSocketDebuggerUrl: string };
type Reply = { readonly id: number; readonly result?: { readonly result?: { readonly value: unknown } } };

/** What a process holds: resources by kind (timers, sockets, pipes), and its heap after everything that nobody needs was collected. */
export interface Held { readonly resources: Readonly<Record<string, number>>; readonly heapMb: number }

export async function heldBy(pid: number): Promise<Held> {
  process.kill(pid, "SIGUSR1");
  await new Promise((resume) => { setTimeout(resume, OPENS_WITHIN_MS); });
  const [target] = await (await fetch(INSPECTOR)).json() as readonly Target[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? "");
  try {
    await new Promise((open, failed) => {
      socket.addEventListener("open", open, { once: true });
      socket.addEventListener("error", failed, { once: true });
    });
    let asked = 0;
    const ask = (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Reply> => new Promise((resolve) => {
      const id = ++asked;
      const listen = ({ data }: MessageEvent): void => {
        const reply = JSON.parse(String(data)) as Reply;
        if (reply.id !== id) return;
        socket.removeEventListener("message", listen);
        resolve(reply);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
    const evaluate = async (expression: string): Promise<unknown> => (await ask("Runtime.evaluate", { expression, returnByValue: true })).result?.result?.value;
    const resources: Record<string, number> = {};
    for (const kind of await evaluate("process.getActiveResourcesInfo()") as readonly string[]) resources[kind] = (resources[kind] ?? 0) + 1;
    await ask("HeapProfiler.collectGarbage");
    const heapBytes = await evaluate("process.memoryUsage().heapUsed") as number;
    return { resources, heapMb: Math.round(heapBytes / 100_000) / 10 };
  } finally {
    socket.close();
  }
}
