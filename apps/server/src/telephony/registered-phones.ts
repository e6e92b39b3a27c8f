import type { Snapshot, SwitchEvent } from "@ringdesk/contract/switch";
import type { E164 } from "@ringdesk/std";
import type { Logger } from "pino";

export type PhoneEvent = Extract<SwitchEvent, { readonly type: "phone.registered" | "phone.unregistered" }>;
/** `dialled` is the number as the phone registered it, by which the switch knows it. */
export type RegisteredPhone = { readonly trunk: string; readonly dialled: string };

/** The SIP phones that are registered at the switch now. Kept by the switch; this is what its events and snapshots say. */
export type RegisteredPhones = {
  readonly happened: (event: PhoneEvent) => void;
  /** All that are registered. */
  readonly replace: (phones: Snapshot["phones"]) => void;
  /** The phone with that number; the one that came last when several wrote it differently. */
  readonly find: (number: E164) => RegisteredPhone | null;
};

export function createRegisteredPhones(readNumber: (text: string) => E164 | null, log: Logger): RegisteredPhones {
  /** Oldest first. */
  const phones = new Map<E164, readonly RegisteredPhone[]>();
  const add = (trunk: string, dialled: string): void => {
    const number = readNumber(dialled);
    if (number === null) return log.warn({ trunk }, "a phone has registered what is no telephone number here: it cannot be rung");
    phones.set(number, [...without(number, trunk, dialled), { trunk, dialled }]);
  };
  const without = (number: E164, trunk: string, dialled: string): readonly RegisteredPhone[] =>
    (phones.get(number) ?? []).filter((phone) => phone.trunk !== trunk || phone.dialled !== dialled);
  return {
    happened: ({ type, trunk, number: dialled }) => {
      if (type === "phone.registered") return add(trunk, dialled);
      const number = readNumber(dialled);
      if (number === null) return;
      const left = without(number, trunk, dialled);
      if (left.length === 0) phones.delete(number);
      else phones.set(number, left);
    },
    replace: (now) => {
      phones.clear();
      for (const { trunk, number } of now) add(trunk, number);
    },
    find: (number) => phones.get(number)?.at(-1) ?? null,
  };
}
