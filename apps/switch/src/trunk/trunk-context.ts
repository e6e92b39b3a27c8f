import type { LegId } from "@ringdesk/std";
import type { UserAgent, UserAgentInput } from "@ringdesk/telecom/sip";
import type { Leg, NewLeg } from "./trunk-leg.ts";
import type { TrunkTargets } from "./trunk-targets.ts";
import type { TrunkSources } from "./trunk.sources.ts";
import type { TrunkEvents, TrunkSideOptions } from "./trunk.types.ts";

/** What the parts of the trunk side share. */
export type TrunkContext = {
  readonly options: TrunkSideOptions;
  readonly sources: TrunkSources;
  readonly targets: TrunkTargets;
  readonly legs: Map<LegId, Leg>;
  /** Feeds the user agent and performs what comes out. */
  readonly feed: (input: UserAgentInput) => void;
  /** Where a phone that registered the number at the trunk is rung; null when none has. */
  readonly contactOf: UserAgent["contactOf"];
  readonly addLeg: (given: NewLeg) => Leg;
  /** Ends a leg, once: takes it off the table and tells. */
  readonly end: (leg: LegId, ...how: Tail<Parameters<TrunkEvents["ended"]>>) => void;
};
type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
