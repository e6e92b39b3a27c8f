// The agent's desk and the queues at the HTTP edge.
import type { AgentStatus } from "@ringdesk/contract/http";
import { err, ok, type Result, type SubStatusId } from "@ringdesk/std";
import { callErrorFace } from "../calls/index.ts";
import type { HttpProblem, SomeHandlers } from "../platform/index.ts";
import type { NamedSubStatus } from "../teams/index.ts";
import type { OfferError, Routing } from "./routing.ports.ts";

const offerErrorFace = {
  ...callErrorFace,
  "offer-gone": { status: 409, title: "This call does not ring for you any more" },
} as const satisfies Record<OfferError["type"], { readonly status: number; readonly title: string }>;

const SUB_STATUS_GONE: HttpProblem = { status: 422, code: "invalid", title: "This status is not offered any more", errors: [{ pointer: "/subStatusId", detail: "Choose another one" }] };
const offerProblem = (error: OfferError): HttpProblem => ({ code: error.type, ...offerErrorFace[error.type] });

/** Reads which sub-status an agent chose (STAT-1). */
type SubStatusChoice = (status: AgentStatus, id: SubStatusId) => Result<NamedSubStatus, unknown>;

export function routingRoutes(routing: Routing, chooseSubStatus: SubStatusChoice) {
  return {
    getDesk: async (_, { user }) => ok(routing.deskOf(user.id)),
    setStatus: async ({ body }, { user }) => {
      const subStatus = body.subStatusId === null || body.subStatusId === undefined ? ok(null) : chooseSubStatus(body.status, body.subStatusId);
      if (!subStatus.ok) return err(SUB_STATUS_GONE);
      const desk = routing.setStatus(user.id, body.status, subStatus.value);
      return desk.ok ? desk : err({ status: 409, code: desk.error.type, title: "Your status cannot change now", detail: desk.error.why });
    },
    acceptOffer: async ({ params }, { user }) => {
      const accepted = await routing.accept(params.id, user.id);
      return accepted.ok ? ok({ callId: accepted.value }) : err(offerProblem(accepted.error));
    },
    declineOffer: async ({ params }, { user }) => {
      const declined = routing.decline(params.id, user.id);
      return declined.ok ? ok({}) : err(offerProblem(declined.error));
    },
    listQueues: async () => ok({ items: [...routing.queueLines()] }),
    getLiveView: async () => ok(routing.liveView()),
    whyNotRouted: async ({ params }) => ok(routing.whyNotRouted(params.id)),
  } satisfies SomeHandlers;
}
