// The agent's desk and the queues at the HTTP edge.
import { err, ok } from "@ringdesk/std";
import { callErrorFace } from "../calls/index.ts";
import type { HttpProblem, SomeHandlers } from "../platform/index.ts";
import type { OfferError, Routing } from "./routing.ports.ts";

const offerErrorFace = {
  ...callErrorFace,
  "offer-gone": { status: 409, title: "This call does not ring for you any more" },
} as const satisfies Record<OfferError["type"], { readonly status: number; readonly title: string }>;

const offerProblem = (error: OfferError): HttpProblem => ({ code: error.type, ...offerErrorFace[error.type] });

export function routingRoutes(routing: Routing) {
  return {
    getDesk: async (_, { user }) => ok(routing.deskOf(user.id)),
    setStatus: async ({ body }, { user }) => {
      const desk = routing.setStatus(user.id, body.status);
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
  } satisfies SomeHandlers;
}
