// Hold from our side on one leg: what is wanted, what the peer was told, and the re-INVITE between them (RFC 3264 §8.4,
// RFC 3261 §14). Pure: the user agent gives turns and answers; only one offer of ours is under way at a time.

/** A resume that the peer refuses would leave it silent: it is offered again after so long, this often in all. */
export const RESUME_RETRY_MS = 5_000;
export const MAX_RESUME_TRIES = 5;

/** `told`: the peer knows that we hold it. What is wanted is the same but where the state says otherwise. */
export type HoldState =
  | { readonly kind: "settled"; readonly told: boolean }
  /** A turn was asked for. When it comes, the wish may have changed back. */
  | { readonly kind: "asking"; readonly told: boolean; readonly wanted: boolean; readonly refusals: number }
  | { readonly kind: "offering"; readonly told: boolean; readonly wanted: boolean; readonly offered: boolean; readonly refusals: number }
  /** The peer does not take the change: what is wanted is the opposite of what it was told. */
  | { readonly kind: "refused"; readonly told: boolean };

export type HoldEvent =
  /** The server wants it. */
  | { readonly type: "wished"; readonly hold: boolean }
  /** Nothing else is under way; after glare a second time for the same offer. */
  | { readonly type: "turn-came" }
  /** The peer accepted our offer. */
  | { readonly type: "accepted" }
  | { readonly type: "refused" }
  /** A description of ours answered the peer, or was asked for by it: that said what is wanted. */
  | { readonly type: "described" };

export type HoldEffect =
  | { readonly do: "ask-turn"; readonly afterMs: number }
  | { readonly do: "offer"; readonly hold: boolean }
  /** Nothing more is tried; somebody should know. */
  | { readonly do: "give-up"; readonly hold: boolean };

export type HoldStep = { readonly state: HoldState; readonly effects: readonly HoldEffect[] };

export const notHeld: HoldState = { kind: "settled", told: false };

/** Whether the call is to be on hold: what a description says that the peer asks for. */
export function wantedHold(state: HoldState): boolean {
  switch (state.kind) {
    case "settled": return state.told;
    case "refused": return !state.told;
    default: return state.wanted;
  }
}

/** Whether the description that the peer has answered says that we hold it; `inTurn`: the answer is to an offer of this machine's. */
export const saidHold = (state: HoldState, inTurn: boolean): boolean => (inTurn && state.kind === "offering" ? state.offered : state.told);

export function stepHold(state: HoldState, event: HoldEvent): HoldStep {
  switch (state.kind) {
    case "settled": return whenSettled(state, event);
    case "refused": return whenRefused(state, event);
    case "asking": return whenAsking(state, event);
    case "offering": return whenOffering(state, event);
  }
}

type In<K extends HoldState["kind"]> = Extract<HoldState, { readonly kind: K }>;
const to = (state: HoldState, ...effects: readonly HoldEffect[]): HoldStep => ({ state, effects });
const ask = (told: boolean, wanted: boolean, refusals = 0, afterMs = 0): HoldStep => to({ kind: "asking", told, wanted, refusals }, { do: "ask-turn", afterMs });

function whenSettled(state: In<"settled">, event: HoldEvent): HoldStep {
  return event.type === "wished" && event.hold !== state.told ? ask(state.told, event.hold) : to(state);
}

function whenRefused(state: In<"refused">, event: HoldEvent): HoldStep {
  // The same wish again is a command repeated; the peer's own offer is another chance.
  if (event.type === "described") return to({ kind: "settled", told: !state.told });
  return event.type === "wished" && event.hold === state.told ? to({ kind: "settled", told: state.told }) : to(state);
}

function whenAsking(state: In<"asking">, event: HoldEvent): HoldStep {
  const { told, wanted, refusals } = state;
  switch (event.type) {
    case "wished": return to({ ...state, wanted: event.hold });
    case "described": return to({ ...state, told: wanted });
    case "turn-came": return wanted === told ? to({ kind: "settled", told }) : to({ kind: "offering", told, wanted, offered: wanted, refusals }, { do: "offer", hold: wanted });
    default: return to(state);
  }
}

function whenOffering(state: In<"offering">, event: HoldEvent): HoldStep {
  const { told, wanted, offered, refusals } = state;
  switch (event.type) {
    case "wished": return to({ ...state, wanted: event.hold });
    case "accepted": return wanted === offered ? to({ kind: "settled", told: offered }) : ask(offered, wanted);
    case "refused":
      if (wanted === told) return to({ kind: "settled", told });
      if (!offered && refusals + 1 < MAX_RESUME_TRIES) return ask(told, wanted, refusals + 1, RESUME_RETRY_MS);
      return to({ kind: "refused", told }, { do: "give-up", hold: offered });
    // Glare: the peer's offer was answered between ours and its repetition.
    case "described": return to({ kind: "asking", told: wanted, wanted, refusals });
    case "turn-came": return whenAsking({ kind: "asking", told, wanted, refusals }, event);
  }
}
