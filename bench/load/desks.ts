// The desktop pages of agents who have nothing to write up: each marks its conversation done as soon as its call is over,
// so that its agent is free again (CAP-1). They belong to the load, not to what is measured.
import { serverMessage, LIVE_PATH, type ClientMessage } from "@ringdesk/contract/live";
import { API_BASE } from "@ringdesk/contract/http";

/** The cookie of each agent's session; the server's database knows it before it starts. */
export const benchToken = (agent: number): string => `bench-session-${agent}`;

export type Desks = { readonly close: () => void; readonly refused: () => number };

/** Opens the pages of all agents. `origin` is where the product serves. */
export async function openDesks(origin: string, agents: number): Promise<Desks> {
  let refused = 0;
  const sockets = await Promise.all(Array.from({ length: agents }, (_, n) => openDesk(origin, n + 1, () => { refused += 1; })));
  return { close: () => { for (const socket of sockets) socket.close(); }, refused: () => refused };
}

async function openDesk(origin: string, agent: number, refused: () => void): Promise<WebSocket> {
  const headers = { cookie: `ringdesk_session=${benchToken(agent)}`, origin };
  // Node's WebSocket takes headers, which browsers' do not.
  const socket = new WebSocket(origin.replace("http", "ws") + LIVE_PATH, { headers } as unknown as string[]);
  const say = (message: ClientMessage): void => { socket.send(JSON.stringify(message)); };
  let done = "";
  socket.addEventListener("message", ({ data }) => {
    const message = serverMessage.parse(JSON.parse(String(data)));
    if (message.type === "beat") say({ type: "alive" });
    if (message.type !== "update" || message.update.type !== "desk") return;
    const over = message.update.desk.call === null ? message.update.desk.lastCall : null;
    if (over === null || over.conversationId === null || over.id === done) return;
    done = over.id;
    void fetch(`${origin}${API_BASE}/conversations/${over.conversationId}/done`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: "{}" })
      .then((answer) => { if (!answer.ok) refused(); }, refused);
  });
  await new Promise((opened, failed) => {
    socket.addEventListener("open", opened, { once: true });
    socket.addEventListener("error", failed, { once: true });
  });
  say({ type: "hello", seen: null, tab: `bench-${agent}` });
  return socket;
}
