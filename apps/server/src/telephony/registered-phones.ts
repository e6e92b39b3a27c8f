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
  /** The trunk at which a phone is registered with an account; null when none is. */
  readonly trunkOf: (account: string) => string | null;
};

export type RegisteredPhonesOptions = {
  readonly readNumber: (text: string) => E164 | null;
  /** Whether this is an agent's account, which is no telephone number. */
  readonly isAccount: (dialled: string) => boolean;
  /** The phone of an account has come or gone. */
  readonly accountChanged: (account: string) => void;
  readonly log: Logger;
};

export function createRegisteredPhones({ readNumber, isAccount, accountChanged, log }: RegisteredPhonesOptions): RegisteredPhones {
  /** Trunks by account. Kept for all that is no number: the accounts may become known later than the phones. */
  const accounts = new Map<string, string>();
  /** Oldest first. */
  const phones = new Map<E164, readonly RegisteredPhone[]>();
  const add = (trunk: string, dialled: string): void => {
    const number = readNumber(dialled);
    if (number === null) {
      accounts.set(dialled, trunk);
      return isAccount(dialled) ? accountChanged(dialled) : log.warn({ trunk }, "a phone has registered what is no telephone number here: it cannot be rung");
    }
    phones.set(number, [...without(number, trunk, dialled), { trunk, dialled }]);
  };
  const without = (number: E164, trunk: string, dialled: string): readonly RegisteredPhone[] =>
    (phones.get(number) ?? []).filter((phone) => phone.trunk !== trunk || phone.dialled !== dialled);
  return {
    happened: ({ type, trunk, number: dialled }) => {
      if (type === "phone.registered") return add(trunk, dialled);
      const number = readNumber(dialled);
      if (number === null) {
        if (accounts.get(dialled) === trunk && accounts.delete(dialled)) accountChanged(dialled);
        return;
      }
      const left = without(number, trunk, dialled);
      if (left.length === 0) phones.delete(number);
      else phones.set(number, left);
    },
    replace: (now) => {
      phones.clear();
      const before = [...accounts.keys()];
      accounts.clear();
      for (const { trunk, number } of now) add(trunk, number);
      for (const account of before) if (!accounts.has(account)) accountChanged(account);
    },
    find: (number) => phones.get(number)?.at(-1) ?? null,
    trunkOf: (account) => accounts.get(account) ?? null,
  };
}
