// The sandbox carrier's lines: what a handset does with its leg, and what its leg tells the handset.
import { err } from "@ringdesk/std";
import type { Carriers, HandsetLines } from "../carriers/index.ts";
import type { TelephonyService } from "./telephony.service.ts";

/** The lines of the handsets. Telephony asks the carriers for routes, so it is there only after them. */
export const createHandsetLines = (telephony: () => TelephonyService): HandsetLines => ({
  connect: async (leg, sdp) => {
    const answer = await telephony().connectBrowser(leg, sdp);
    if (answer.ok) return answer;
    return err("detail" in answer.error ? { type: "leg-refused", detail: answer.error.detail } : { type: "lines-away" });
  },
  incoming: ({ leg, from, to }) => { telephony().virtualIncoming({ leg, from, fromName: null, to }); },
  answered: (leg) => telephony().virtualAnswered(leg),
  end: (leg, cause) => { telephony().virtualEnded(leg, cause); },
});

/** Tells the carriers what happens to legs, and which legs a switch holds that is there again. */
export function tellCarriers(telephony: TelephonyService, carriers: Carriers): void {
  telephony.observe((event) => {
    if (event.type === "answered" || event.type === "media-connected" || event.type === "media-lost" || event.type === "ended") carriers.onLeg(event);
  });
  telephony.onSwitch((now) => {
    if (now.state === "up") carriers.reconcile(new Map(now.snapshot.legs.map(({ leg, state }) => [leg, state !== "media-lost"])));
  });
}
