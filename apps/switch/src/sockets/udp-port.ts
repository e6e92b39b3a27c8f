import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { err, ok, type Result } from "@ringdesk/std";

export type PortTaken = { readonly type: "socket-failed"; readonly detail: string };

/** Whether a UDP port can be bound, found out by binding it for a moment. */
export function checkUdpPort(port: number, bindAddress: string | undefined): Promise<Result<void, PortTaken>> {
  const socket = createSocket(isIPv6(bindAddress ?? "") ? "udp6" : "udp4");
  return new Promise((resolve) => {
    socket.once("error", (error) => {
      socket.close();
      resolve(err({ type: "socket-failed", detail: `UDP port ${port}: ${error.message}` }));
    });
    socket.bind({ port, exclusive: true, ...(bindAddress === undefined ? {} : { address: bindAddress }) }, () => socket.close(() => resolve(ok(undefined))));
  });
}
