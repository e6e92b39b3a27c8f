// Facts about an agent's status and wrap-up: past tense, append-only. Never edit one; add a version.
import { z } from "zod";
import { err, ok, type Result } from "@ringdesk/std";
import { agentStatus } from "@ringdesk/contract/http";
import { instant, subStatusId } from "@ringdesk/contract/ids";

export const statusCause = z.enum([
  "signed-in", "signed-out", "chosen", "offer-accepted", "call-started", "offer-missed", "desktop-gone", "no-desktop", "restarted", "wrap-up-over", "deactivated",
]);
/** A sub-status with its name as it stood then. */
const subStatus = z.object({ id: subStatusId, name: z.string() });

const first = z.object({ type: z.literal("agent.status-changed"), v: z.literal(1), at: instant, data: z.object({ status: agentStatus, cause: statusCause }) });
/** Version 2 names the sub-status (STAT-1). */
const second = z.object({ type: z.literal("agent.status-changed"), v: z.literal(2), at: instant, data: z.object({ status: agentStatus, cause: statusCause, subStatus: subStatus.nullable() }) });

const statusChanged = z.discriminatedUnion("v", [first, second])
  .transform((fact): z.output<typeof second> => (fact.v === 2 ? fact : { ...fact, v: 2, data: { ...fact.data, subStatus: null } }));

/** STAT-3: wrap-up lasts until then; null: the agent has ended it, or is in another call. Any change of status ends it, too. */
const wrapUpSet = z.object({ type: z.literal("agent.wrap-up-set"), v: z.literal(1), at: instant, data: z.object({ until: instant.nullable() }) });

const agentFact = z.union([statusChanged, wrapUpSet]);
/** A fact as of now; older versions are read as this one. */
type AgentFact = Readonly<z.output<typeof agentFact>>;
export type CorruptFact = { readonly type: "corrupt-fact"; readonly detail: string };

/** Reads a stored fact of an agent's stream. */
export function decodeAgentFact(row: unknown): Result<AgentFact, CorruptFact> {
  const parsed = agentFact.safeParse(row);
  return parsed.success ? ok(parsed.data) : err({ type: "corrupt-fact", detail: parsed.error.message.slice(0, 500) });
}

/** The stream of an agent's facts. */
export const agentStream = (user: string): string => `agent:${user}`;
