// Front door: types and pure functions.
export type { DeskPublisher, OfferError, Queue, Queues, RingingOffer, Routing, RoutingSettings, StatusError, VoiceCapacity } from "./routing.ports.ts";
export { planFor } from "./queue.rules.ts";
