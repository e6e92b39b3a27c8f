import { createSocket } from "node:dgram";
import { createServer, isIPv6 } from "node:net";
import type { Config, SettingName } from "@ringdesk/contract/config";

export type PortProblem = {
  readonly type: "port-refused";
  readonly setting: SettingName;
  readonly message: string;
};

type Wanted = { readonly kind: "TCP" | "UDP"; readonly port: number; readonly use: string; readonly setting: SettingName };

const MAX_PORT = 65_535;
const NEXT_PORT_STEP = 10;
const FIRST_FREE_FOR_ALL = 1024;

/** Tries every single port that will be opened. To be called when nothing of ours runs any more. */
export async function checkPorts(config: Config): Promise<readonly PortProblem[]> {
  const wanted: readonly Wanted[] = [
    { kind: "TCP", port: config.httpPort, use: "the web pages", setting: "RINGDESK_HTTP_PORT" },
    { kind: "UDP", port: config.sipPort, use: "SIP", setting: "RINGDESK_SIP_PORT" },
    { kind: "TCP", port: config.sipPort, use: "SIP", setting: "RINGDESK_SIP_PORT" },
    ...(config.tls === null ? [] : [{ kind: "TCP", port: config.sipsPort, use: "SIP over TLS", setting: "RINGDESK_SIPS_PORT" }] as const),
    { kind: "UDP", port: config.webrtcPort, use: "the audio of browsers", setting: "RINGDESK_WEBRTC_PORT" },
  ];
  const codes = await Promise.all(wanted.map((one) => (one.kind === "TCP" ? tryTcp : tryUdp)(one.port, config.bind)));
  return wanted.flatMap((one, i) => {
    const code = codes[i];
    return code == null ? [] : [describePort(one, code, config.bind)];
  });
}

function describePort(wanted: Wanted, code: string, bind: string): PortProblem {
  const { kind, port, use, setting } = wanted;
  const other = port + NEXT_PORT_STEP <= MAX_PORT ? port + NEXT_PORT_STEP : port - NEXT_PORT_STEP;
  const refusal = (setting: SettingName, message: string): PortProblem => ({ type: "port-refused", setting, message });
  switch (code) {
    case "EADDRINUSE":
      return refusal(setting, `${kind} port ${port} for ${use} is in use by another program. Stop that program, or choose another port: ${setting}=${other} npm start`);
    case "EACCES":
      return refusal(setting, `This user may not open ${kind} port ${port} for ${use}. Choose a port from ${FIRST_FREE_FOR_ALL} on: ${setting}=${port + 8000} npm start`);
    case "EADDRNOTAVAIL":
      return refusal("RINGDESK_BIND", `This machine has no address ${bind}. Set RINGDESK_BIND to one that it has, or to all: RINGDESK_BIND=0.0.0.0 npm start`);
    default:
      return refusal(setting, `${kind} port ${port} for ${use} cannot be opened on ${bind} (${code}). ${setting} and RINGDESK_BIND decide it.`);
  }
}

function tryTcp(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function tryUdp(port: number, address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code ?? error.message);
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}
