// The user agent: datagrams and commands in, datagrams and events out. No socket, clock or randomness of its own.
import type { Millis } from "@ringdesk/std";
import type { SansIo } from "../../sans-io.ts";
import { receivedDialogKey } from "../dialog/index.ts";
import type { Flow, Received } from "../flow.ts";
import { parseMessage, printMessage, type Envelope, type Header, type SipRequest } from "../syntax/index.ts";
import { createResponse } from "../transaction/index.ts";
import { acceptHeader, allowHeader, refusalOf } from "./admission.ts";
import { Core } from "./core.ts";
import { startInboundCall } from "./inbound-call.ts";
import { startOutboundCall } from "./outbound-call.ts";
import type { UserAgentConfig, UserAgentCounters, UserAgentInput, UserAgentOutput } from "./user-agent.types.ts";

/** What 503 tells the sender to wait (RFC 3261 §20.33). */
export const OVERLOAD_RETRY_SEC = 5;
const retryLater = { name: "retry-after", value: String(OVERLOAD_RETRY_SEC) } as const;

/** The user agent as a sans-IO engine. After each `handle`, drain `poll`, then look at `deadline`. */
export type UserAgent = SansIo<UserAgentInput, UserAgentOutput> & { readonly counters: () => UserAgentCounters };

/**
 * Creates a user agent: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE and INFO of RFC 3261, 3311, 3581, 6026 and 6086 (INFO
 * only as a carrier of keys). Absent on purpose: REFER, SUBSCRIBE, MESSAGE, redirection (3xx are failures), reliable
 * provisional responses, registration. SDP is opaque here.
 */
export function createUserAgent(config: UserAgentConfig): UserAgent {
  const core = new Core(config);
  let malformed = 0;

  const receive = (bytes: Uint8Array, from: Flow, peer: string, now: Millis): void => {
    const parsed = parseMessage(bytes);
    switch (parsed.outcome) {
      case "request": return receiveRequest(core, { message: parsed.request, envelope: parsed.envelope, from, peer }, now);
      case "response":
        core.transactions.receiveResponse({ message: parsed.response, envelope: parsed.envelope, from, peer }, now);
        return;
      case "refuse":
        malformed++;
        // Without a transaction: a repetition is refused again.
        return core.send(printMessage(createResponse(parsed.request, from, parsed.status, { toTag: config.newToken(), reason: parsed.reason })), from);
      case "ignore":
        if (parsed.why !== "keep-alive") malformed++;
        return;
    }
  };

  return {
    handle: (input, now) => {
      core.timers.run(now);
      switch (input.type) {
        case "tick": return;
        case "datagram": return receive(input.bytes, input.from, input.peer, now);
        case "dial":
          if (!core.calls.has(input.call)) startOutboundCall(core, input, now);
          return;
        default: return core.calls.get(input.call)?.command(input, now);
      }
    },
    poll: () => core.poll(),
    deadline: () => core.timers.deadline(),
    counters: () => ({ malformed, calls: core.calls.size, transactions: core.transactions.size }),
  };
}

function receiveRequest(core: Core, received: Received<SipRequest>, now: Millis): void {
  if (core.transactions.absorb(received, now)) return;
  const { message: { method }, envelope } = received;
  const user = core.dialogs.get(receivedDialogKey(received));
  if (method === "ACK") return user?.receiveAck(received, now);
  const reply = (status: number, headers: readonly Header[] = []): void => core.respondStateless(received, status, statelessTag(envelope), headers);
  const refusal = refusalOf(received);
  if (refusal !== null) return reply(refusal.status, refusal.headers);
  if (method === "CANCEL") return receiveCancel(core, received, now);
  if (envelope.toTag !== "") {
    if (user === undefined) return reply(481);
    if (!core.transactions.isFull) user.receive(core.transactions.create(received), now);
    return;
  }
  if (method === "OPTIONS") return reply(200, [allowHeader, acceptHeader]);
  if (method !== "INVITE") return reply(481);
  if (core.transactions.isMerged(received)) return reply(482);
  if (core.calls.size >= core.config.maxCalls || core.transactions.isFull || !core.config.admitsCall(received.peer)) return reply(503, [retryLater]);
  startInboundCall(core, core.transactions.create(received), now);
}

/** RFC 3261 §9.2: the CANCEL itself succeeds whenever its INVITE is known, also when it comes too late to change anything. */
function receiveCancel(core: Core, cancel: Received<SipRequest>, now: Millis): void {
  const invite = core.transactions.inviteOf(cancel);
  const owner = invite === null ? undefined : core.inviteOwners.get(invite);
  if (owner === undefined) return core.respondStateless(cancel, 481, statelessTag(cancel.envelope), []);
  core.respondStateless(cancel, 200, owner.toTag, []);
  owner.cancelled(now);
}

/** RFC 3261 §8.2.7: the same request must get the same tag, so it is made of what repetitions have in common (FNV-1a). */
function statelessTag({ callId, fromTag, cseq }: Envelope): string {
  let hash = 0x811c9dc5;
  for (const c of `${callId} ${fromTag} ${cseq.number}`) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
