// Asks a neighbour whether it is there: OPTIONS outside a dialog (RFC 3261 §11).
import { addMs, type Millis } from "@ringdesk/std";
import { header, noBody, type SipResponse } from "../syntax/index.ts";
import type { Core } from "./core.ts";
import type { ProbeInput } from "./user-agent.types.ts";

/** The longest that a Retry-After is believed. */
export const MAX_RETRY_AFTER_SEC = 3_600;

/** Sends the OPTIONS and tells `probed` once: with the status of the answer, or without one after `limitMs`. */
export function startProbe(core: Core, { probe, peer, to, requestUri, limitMs }: ProbeInput, now: Millis): void {
  let told = false;
  const tell = (response: SipResponse | null): void => {
    if (told) return;
    told = true;
    core.timers.stop(limit);
    core.emit({ type: "probed", probe, status: response?.status ?? null, retryAfterSec: response === null ? null : retryAfterSecOf(response) });
  };
  const limit = core.timers.start(addMs(now, limitMs), () => {
    transaction.abandon();
    tell(null);
  });
  const transaction = core.request({
    kind: "request", method: "OPTIONS", uri: requestUri, body: noBody,
    headers: [
      { name: "max-forwards", value: "70" },
      { name: "from", value: `${core.addressFor(to)};tag=${core.config.newToken()}` },
      { name: "to", value: `<${requestUri}>` },
      { name: "call-id", value: core.config.newToken() },
      { name: "cseq", value: "1 OPTIONS" },
      core.contact,
    ],
  }, to, peer, {
    response: ({ message }) => {
      if (message.status >= 200) tell(message);
    },
    timeout: () => tell(null),
  }, now);
}

/** How long a response asks us to wait (RFC 3261 §20.33), in seconds; null when it does not say. */
export function retryAfterSecOf(response: SipResponse): number | null {
  const text = /^\s*(\d{1,9})/.exec(header(response, "retry-after") ?? "")?.[1];
  return text === undefined ? null : Math.min(Number(text), MAX_RETRY_AFTER_SEC);
}
