// The user agent: datagrams and commands in, datagrams and events out. No socket, clock or randomness of its own.
import type { Millis } from "@ringdesk/std";
import type { SansIo } from "../../sans-io.ts";
import { keyOfDialog, receivedDialogKey } from "../dialog/index.ts";
import type { Flow, Received } from "../flow.ts";
import type { Registration } from "../registrar/index.ts";
import { countHeaders, header, parseMessage, parseParams, printMessage, type Envelope, type Header, type SipRequest } from "../syntax/index.ts";
import { createResponse } from "../transaction/index.ts";
import { Account } from "./account.ts";
import { acceptHeader, allowHeader, ALLOWED_METHODS, refusalOf, retryLater, retrySpread } from "./admission.ts";
import { Core } from "./core.ts";
import { startInboundCall } from "./inbound-call.ts";
import { startOutboundCall } from "./outbound-call.ts";
import { startProbe } from "./probe.ts";
import type { RegisterInput, UserAgentConfig, UserAgentCounters, UserAgentInput, UserAgentOutput } from "./user-agent.types.ts";

/** The user agent as a sans-IO engine. After each `handle`, drain `poll`, then look at `deadline`. */
export type UserAgent = SansIo<UserAgentInput, UserAgentOutput> & {
  readonly counters: () => UserAgentCounters;
  /** Where a registered telephone of that neighbour is rung; null when no telephone has the number. */
  readonly contactOf: (peer: string, number: string) => { readonly requestUri: string; readonly flow: Flow } | null;
  readonly registrations: () => readonly Registration[];
  /** True while a dialog that is up runs over that connection. */
  readonly usesConnection: (connection: number) => boolean;
};

/**
 * Creates a user agent: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE and INFO of RFC 3261, 3311, 3581, 6026 and 6086 (INFO
 * only as a carrier of keys), and REGISTER of telephones for the neighbours that may. Absent on purpose: REFER, SUBSCRIBE,
 * MESSAGE, redirection (3xx are failures), reliable provisional responses. SDP is opaque here.
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
        case "unreachable": return core.transactions.unreachable(input.to, input.hasServed ?? false, now);
        case "probe": return startProbe(core, input, now);
        case "register": return register(core, input, now);
        case "unregister": {
          core.accounts.get(input.account)?.close(now);
          core.accounts.delete(input.account);
          return;
        }
        case "datagram": return receive(input.bytes, input.from, input.peer, now);
        case "dial":
          if (!core.calls.has(input.call)) startOutboundCall(core, input, now);
          return;
        default: return core.calls.get(input.call)?.command(input, now);
      }
    },
    poll: () => core.poll(),
    deadline: () => core.timers.deadline(),
    contactOf: (peer, number) => core.registrar.contactOf(peer, number),
    registrations: () => core.registrar.registrations(),
    usesConnection: (connection) => {
      for (const user of core.dialogs.values()) if (user.connection === connection) return true;
      return false;
    },
    counters: () => ({ malformed, calls: core.calls.size, transactions: core.transactions.size }),
  };
}

function register(core: Core, input: RegisterInput, now: Millis): void {
  const known = core.accounts.get(input.account);
  if (known !== undefined) known.update(input);
  else core.accounts.set(input.account, new Account(core, input, now));
}

function receiveRequest(core: Core, received: Received<SipRequest>, now: Millis): void {
  if (core.transactions.absorb(received, now)) return;
  const { message: { method }, envelope } = received;
  const user = core.dialogs.get(receivedDialogKey(received));
  if (method === "ACK") return user?.receiveAck(received, now);
  const reply = (status: number, headers: readonly Header[] = []): void => core.respondStateless(received, status, statelessTag(envelope), headers);
  const registers = core.config.registrar?.serves(received.peer) ?? false;
  const refusal = refusalOf(received, registers);
  if (refusal !== null) return reply(refusal.status, refusal.headers);
  if (method === "CANCEL") return receiveCancel(core, received, now);
  if (envelope.toTag !== "") {
    if (user === undefined) return reply(481);
    if (!core.transactions.isFull) user.receive(core.transactions.create(received), now);
    return;
  }
  const isOverloaded = core.config.isOverloaded?.() === true;
  if (method === "OPTIONS") return isOverloaded ? reply(503, [retrySpread(lotOf(envelope))]) : reply(200, [registers ? allowWithRegister : allowHeader, acceptHeader]);
  if (method !== "REGISTER" && method !== "INVITE") return reply(481);
  const challenge = core.auth.challenge(received, now);
  if (challenge !== null) return reply(401, challenge);
  if (method === "REGISTER") return receiveRegister(core, received, now);
  const replaced = header(received.message, "replaces");
  if (replaced !== null) return reply(refusalOfReplaces(core, received, replaced));
  if (core.transactions.isMerged(received)) return reply(482);
  if (core.calls.size >= core.config.maxCalls || core.transactions.isFull || !core.config.admitsCall(received.peer)) return reply(503, [retryLater]);
  if (isOverloaded) return reply(503, [retrySpread(lotOf(envelope))]);
  startInboundCall(core, core.transactions.create(received), now);
}

const allowWithRegister: Header = { ...allowHeader, value: `${ALLOWED_METHODS}, REGISTER` };

/** With a transaction, unlike other requests that lead to no call: repeated, it would be out of order (RFC 3261 §10.3). */
function receiveRegister(core: Core, received: Received<SipRequest>, now: Millis): void {
  if (core.transactions.isFull || core.config.registrar?.admits(received.peer) !== true) return core.respondStateless(received, 503, statelessTag(received.envelope), [retryLater]);
  const transaction = core.transactions.create(received);
  const { status, headers, reason } = core.registrar.receive(received, now);
  core.respond(transaction, status, now, { toTag: core.config.newToken(), headers, ...(reason === undefined ? {} : { reason }) });
}

/** RFC 3891 §3: who takes over a call is for the server to say. 481 when the call is not here, or not this neighbour's. */
function refusalOfReplaces(core: Core, { message, peer }: Received<SipRequest>, value: string): number {
  const semi = value.indexOf(";");
  const params = semi < 0 ? null : parseParams(value.slice(semi));
  if (params === null || countHeaders(message, "replaces") > 1) return 400;
  const key = keyOfDialog(peer, value.slice(0, semi).trim(), params.get("to-tag") ?? "", params.get("from-tag") ?? "");
  return core.dialogs.has(key) ? 603 : 481;
}

/** RFC 3261 §9.2: the CANCEL itself succeeds whenever its INVITE is known, also when it comes too late to change anything. */
function receiveCancel(core: Core, cancel: Received<SipRequest>, now: Millis): void {
  const invite = core.transactions.inviteOf(cancel);
  const owner = invite === null ? undefined : core.inviteOwners.get(invite);
  if (owner === undefined) return core.respondStateless(cancel, 481, statelessTag(cancel.envelope), []);
  core.respondStateless(cancel, 200, owner.toTag, []);
  owner.cancelled(now);
}

/** RFC 3261 §8.2.7: the same request must get the same tag. */
const statelessTag = (envelope: Envelope): string => lotOf(envelope).toString(16).padStart(8, "0");

/** A number of 32 bits, made of what the repetitions of a request have in common (FNV-1a). */
function lotOf({ callId, fromTag, cseq }: Envelope): number {
  let hash = 0x811c9dc5;
  for (const c of `${callId} ${fromTag} ${cseq.number}`) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
