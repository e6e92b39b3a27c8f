// The user agent: datagrams and commands in, datagrams and events out. No socket, clock or randomness of its own.
import type { Millis } from "@ringdesk/std";
import type { SansIo } from "../../sans-io.ts";
import { receivedDialogKey } from "../dialog/index.ts";
import type { Flow, Received } from "../flow.ts";
import { parseMessage, printMessage, type SipRequest } from "../syntax/index.ts";
import { createResponse, type ServerTransaction } from "../transaction/index.ts";
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
  const matched = core.transactions.receiveRequest(received, now);
  switch (matched.kind) {
    case "absorbed": return;
    case "ack": return core.dialogs.get(receivedDialogKey(received))?.receiveAck(received, now);
    case "merged": return core.answerAlone(matched.transaction, 482, now);
    case "overloaded":
      if (received.message.method !== "INVITE") return;
      return core.send(printMessage(createResponse(received.message, received.from, 503, { toTag: core.config.newToken(), headers: [retryLater] })), received.from);
    case "new": return dispatch(core, matched.transaction, now);
  }
}

/** RFC 3261 §8.2 and §12.2.2: to a call, to a dialog, or answered here. */
function dispatch(core: Core, transaction: ServerTransaction, now: Millis): void {
  const { received } = transaction;
  const { method } = received.message;
  const refusal = refusalOf(received);
  if (refusal !== null) return core.answerAlone(transaction, refusal.status, now, refusal.headers);
  if (method === "CANCEL") return receiveCancel(core, transaction, now);
  if (received.envelope.toTag !== "") {
    const user = core.dialogs.get(receivedDialogKey(received));
    return user === undefined ? core.answerAlone(transaction, 481, now) : user.receive(transaction, now);
  }
  if (method === "OPTIONS") return core.answerAlone(transaction, 200, now, [allowHeader, acceptHeader]);
  if (method !== "INVITE") return core.answerAlone(transaction, 481, now);
  if (core.calls.size >= core.config.maxCalls) return core.answerAlone(transaction, 503, now, [retryLater]);
  startInboundCall(core, transaction, now);
}

/** RFC 3261 §9.2: the CANCEL itself succeeds whenever its INVITE is known, also when it comes too late to change anything. */
function receiveCancel(core: Core, transaction: ServerTransaction, now: Millis): void {
  const invite = core.transactions.inviteOf(transaction.received);
  const owner = invite === null ? undefined : core.inviteOwners.get(invite);
  if (owner === undefined) return core.answerAlone(transaction, 481, now);
  core.respond(transaction, 200, now, { toTag: owner.toTag });
  owner.cancelled(now);
}
