// What the devices of agents offer, and what they need from the world.
import type { CallId, E164, LegId, Millis, OfferId, Result, UserId } from "@ringdesk/std";
import type { Device, DeviceChoice, User } from "@ringdesk/contract/http";
import type { PhoneAddress } from "../telephony/index.ts";
import type { DeviceError } from "./device.errors.ts";
import type { StoredDevice } from "./device.rules.ts";

/** `password` is told once, when it was made. */
export type ChosenDevice = { readonly device: Device; readonly password: string | null };

export interface Devices {
  readonly of: (user: UserId) => Result<Device, DeviceError>;
  readonly choose: (user: UserId, choice: DeviceChoice, by: User) => Promise<Result<ChosenDevice, DeviceError>>;
  readonly renewPassword: (user: UserId, by: User) => Promise<Result<ChosenDevice, DeviceError>>;
  /** Where this agent's calls ring; null: in the browser. */
  readonly phoneOf: (user: UserId) => PhoneAddress | null;
}

/** An offer that rings at a phone. */
export type RingingOffer = { readonly id: OfferId; readonly call: CallId; readonly agent: UserId };
/** Whom the phone shows. `from` null: the caller hides the number. */
export type ShownCaller = { readonly from: E164 | null; readonly name: string | null; readonly supportNumber: E164 };

/** The agents' phones, as offers use them. */
export interface PhoneRinging {
  /** Rings the agent's phone; nothing when the agent takes calls in the browser. */
  readonly ring: (offer: RingingOffer, caller: ShownCaller) => void;
  /** The offer is over: a phone that still rings stops. */
  readonly silence: (offer: OfferId) => void;
  /** The leg of the phone that has answered this offer. */
  readonly legOf: (offer: OfferId) => LegId | null;
}

/** Routing, below: given by the composition root. */
export type OfferAnswers = {
  /** Resolves when the call is the agent's, or not. */
  readonly accept: (offer: OfferId, user: UserId) => Promise<Result<unknown, unknown>>;
  readonly decline: (offer: OfferId, user: UserId) => void;
};

/** Whether a phone is there, for the agent's status (STAT-2): it counts as a desktop. */
export type PhonePresence = { readonly opened: (user: UserId) => void; readonly closed: (user: UserId) => void };

export type Trouble = { readonly at: Millis; readonly text: string };

export interface DeviceStore {
  readonly all: () => Promise<readonly StoredDevice[]>;
  readonly save: (device: StoredDevice) => Promise<Result<void, { readonly type: "store-away" }>>;
}
