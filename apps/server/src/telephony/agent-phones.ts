import type { PhoneAccount as SwitchAccount } from "@ringdesk/contract/switch";
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import type { CommandBook } from "./command-book.ts";
import type { RegisteredPhones } from "./registered-phones.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import type { Phones } from "./telephony.ports.ts";
import { PHONES_TRUNK } from "./trunk.rules.ts";

export type AgentPhones = {
  readonly phones: Phones;
  /** As the switch wants them. */
  readonly accounts: () => readonly SwitchAccount[];
  readonly isAccount: (text: string) => boolean;
  /** The phone of this account has come or gone. */
  readonly changed: (account: string) => void;
  /** What rang before is told to stop: from now on phones can be rung. */
  readonly ready: () => void;
};

export type AgentPhonesOptions = {
  readonly book: CommandBook;
  readonly registered: () => Pick<RegisteredPhones, "trunkOf">;
  readonly isUp: () => boolean;
  /** Marks a leg as this process's while its command is under way. */
  readonly creating: (leg: LegId, asking: Promise<Result<unknown, TelephonyError>>) => Promise<Result<unknown, TelephonyError>>;
};

/** The SIP phones of agents: their accounts, where they are, and how they are rung. */
export function createAgentPhones({ book, registered, isUp, creating }: AgentPhonesOptions): AgentPhones {
  const listeners = new Set<(account: string) => void>();
  let accounts: ReadonlyMap<string, string> = new Map();
  let isReady = false;
  const whenReady: (() => void)[] = [];
  const list = (): readonly SwitchAccount[] => [...accounts].map(([number, password]) => ({ number, password }));
  return {
    accounts: list,
    isAccount: (text) => accounts.has(text),
    changed: (account) => { for (const listen of listeners) listen(account); },
    ready: () => {
      if (isReady) return;
      isReady = true;
      for (const listen of whenReady) listen();
    },
    phones: {
      dial: async ({ leg, phone, from, fromName, withheld, ringTimeoutMs }) => {
        const way = phone.kind === "fixed"
          ? { trunk: PHONES_TRUNK, to: phone.user, contact: { host: phone.host, port: phone.port, transport: phone.transport } }
          : { trunk: registered().trunkOf(phone.account), to: phone.account };
        const { trunk } = way;
        if (trunk === null) return err({ type: "no-route" });
        const shown = withheld ? { withheld } : fromName === null ? {} : { fromName: fromName.slice(0, MAX_SHOWN_NAME) };
        const answer = await creating(leg, book.ask({ do: "leg.dial", leg, ...way, trunk, from, ringTimeoutMs, ...shown }));
        return answer.ok ? ok(undefined) : answer;
      },
      setAccounts: (next) => {
        accounts = new Map(next.map(({ account, password }) => [account, password]));
        // A switch that is away is told when it comes.
        if (isUp()) void book.ask({ do: "phones.set", accounts: [...list()] });
      },
      isRegistered: (account) => registered().trunkOf(account) !== null,
      isReady: () => isReady,
      onReady: (listen) => void whenReady.push(listen),
      onChanged: (listen) => {
        listeners.add(listen);
        return () => { listeners.delete(listen); };
      },
    },
  };
}

/** Characters of a caller's name that a phone is sent. */
const MAX_SHOWN_NAME = 64;
