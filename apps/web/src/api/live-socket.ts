// The WebSocket of the live connection, one at a time. Knows no protocol beyond parsing its messages.
import { LIVE_PATH, serverMessage, type ClientMessage, type ServerMessage } from "@ringdesk/contract/live";

export interface LiveSocket {
  readonly open: () => void;
  /** Closes it; nothing more is told about it. */
  readonly drop: () => void;
  /** Does nothing while there is no open connection. */
  readonly send: (message: ClientMessage) => void;
}

function parseJson(text: string): unknown {
  try { return JSON.parse(text); } catch { return null; }
}

export function createLiveSocket(tell: { readonly opened: () => void; readonly closed: () => void; readonly received: (message: ServerMessage) => void; readonly unreadable: () => void }): LiveSocket {
  let socket: WebSocket | null = null;
  return {
    open: () => {
      const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${LIVE_PATH}`);
      socket = mine;
      mine.addEventListener("open", () => { if (socket === mine) tell.opened(); });
      mine.addEventListener("close", () => { if (socket === mine) tell.closed(); });
      mine.addEventListener("message", (event: MessageEvent<unknown>) => {
        if (socket !== mine || typeof event.data !== "string") return;
        const parsed = serverMessage.safeParse(parseJson(event.data));
        if (parsed.success) tell.received(parsed.data); else tell.unreadable();
      });
    },
    drop: () => {
      const old = socket;
      socket = null;
      old?.close();
    },
    send: (message) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); },
  };
}
