// Where an agent's calls ring: in the browser, or at a SIP phone.
import { z } from "zod";
import { instant, userId } from "../ids/index.ts";
import type { Route } from "./route.ts";

export const deviceKind = z.enum(["browser", "phone"]);
export type DeviceKind = z.output<typeof deviceKind>;

/** The longest address of a SIP phone, in characters. */
const MAX_CONTACT_CHARS = 255;

export const device = z.object({
  kind: deviceKind,
  /** The fixed address of a phone that does not register, e.g. `sip:ana@10.0.0.7:5060`; null for one that does. */
  contact: z.string().nullable(),
  /** What a phone registers with; null for others. The password was shown once, when it was made. */
  account: z.object({ user: z.string(), server: z.string() }).nullable(),
  /** Whether calls can ring there now. A browser and a fixed address count as there. */
  state: z.enum(["ready", "not-registered"]),
  /** What went wrong when the phone was last rung, in words for a person; null when nothing did. */
  trouble: z.object({ at: instant, text: z.string() }).nullable(),
}).meta({ id: "Device" });
export type Device = z.output<typeof device>;

/** With `password` when one was made: it is never shown again. */
const chosenDevice = z.object({ device, password: z.string().nullable() });
const choice = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("browser") }),
  z.object({ kind: z.literal("phone"), contact: z.string().trim().min(1, "Enter the phone's address").max(MAX_CONTACT_CHARS).nullable().default(null) }),
]);
export type DeviceChoice = z.output<typeof choice>;
const ofUser = z.object({ id: userId });

export const devicesApi = {
  getDevice: { method: "GET", path: "/device", access: "agent", summary: "Where your calls ring", response: device },
  setDevice: { method: "PUT", path: "/device", access: "agent", summary: "Take calls in the browser or at a SIP phone that registers", body: choice, response: chosenDevice },
  renewDevicePassword: { method: "POST", path: "/device/password", access: "agent", summary: "A new password for your phone; the old one ends", response: chosenDevice },
  getUserDevice: { method: "GET", path: "/users/:id/device", access: "admin", summary: "Where a user's calls ring", params: ofUser, response: device },
  setUserDevice: { method: "PUT", path: "/users/:id/device", access: "admin", summary: "Let a user take calls in the browser, at a SIP phone that registers, or at a fixed address", params: ofUser, body: choice, response: chosenDevice },
  renewUserDevicePassword: { method: "POST", path: "/users/:id/device/password", access: "admin", summary: "A new password for a user's phone; the old one ends", params: ofUser, response: chosenDevice },
} as const satisfies Record<string, Route>;
