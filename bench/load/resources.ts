// What keeps a Node process busy or alive, asked of the process itself through its inspector.

/** Where Node's inspector listens after SIGUSR1; one process at a time. */
const INSPECTOR = "http://127.0.0.1:9229/json/list";
const OPENS_WITHIN_MS = 500;

type Target = { readonly webSocketDebuggerUrl: string };
type Evaluated = { readonly result: { readonly result: { readonly value: readonly string[] } } };

/** How many of each kind of resource the process holds: timers, sockets, pipes. */
export async function activeResources(pid: number): Promise<Readonly<Record<string, number>>> {
  process.kill(pid, "SIGUSR1");
  await new Promise((resume) => { setTimeout(resume, OPENS_WITHIN_MS); });
  const [target] = await (await fetch(INSPECTOR)).json() as readonly Target[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? "");
  try {
    await new Promise((open, failed) => {
      socket.addEventListener("open", open, { once: true });
      socket.addEventListener("error", failed, { once: true });
    });
    const answered = new Promise<string>((resolve) => { socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true }); });
    socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression: "process.getActiveResourcesInfo()", returnByValue: true } }));
    const counts: Record<string, number> = {};
    for (const kind of (JSON.parse(await answered) as Evaluated).result.result.value) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  } finally {
    socket.close();
  }
}
