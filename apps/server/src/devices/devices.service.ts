// The devices of agents, in memory: which is whose, which phone is there, and what went wrong with it last.
import { randomInt } from "node:crypto";
import { err, ok, type Result, type UserId } from "@ringdesk/std";
import type { Device, DeviceChoice, User } from "@ringdesk/contract/http";
import { newToken, type Clock } from "../kernel/index.ts";
import type { Audit, Directory } from "../organisation/index.ts";
import { MAX_PHONE_ACCOUNTS, type PhoneAccount, type Phones } from "../telephony/index.ts";
import type { DeviceError } from "./device.errors.ts";
import { phoneOf, readContact, type StoredDevice } from "./device.rules.ts";
import type { ChosenDevice, DeviceStore, Devices, PhonePresence, Trouble } from "./devices.ports.ts";

/** Accounts are digits, which every phone can type, and no telephone numbers. */
const FIRST_ACCOUNT = 70_000_000;
const LAST_ACCOUNT = 79_999_999;
const PASSWORD_CHARS = 24;

export type DevicesDeps = {
  readonly store: DeviceStore;
  readonly phones: Phones;
  readonly directory: Pick<Directory, "user" | "isActive" | "onChanged">;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly presence: PhonePresence;
  /** What the agent sees has changed. */
  readonly changed: (user: UserId) => void;
  /** Where phones register: address and port. */
  readonly server: string;
};

export type DevicesService = Devices & {
  /** Takes up who has which device. Before telephony connects. */
  readonly start: () => void;
  /** Notes what went wrong with an agent's phone, or that all is well again. */
  readonly noteTrouble: (user: UserId, text: string | null) => void;
};

export async function createDevices(deps: DevicesDeps): Promise<DevicesService> {
  const book = createBook(deps, await deps.store.all());
  const refresh = (): void => {
    deps.phones.setAccounts(book.accounts());
    book.lookAtAll();
  };
  const store = async (next: StoredDevice, by: User, password: string | null): Promise<Result<ChosenDevice, DeviceError>> => {
    const before = book.stored(next.userId);
    const saved = await deps.store.save(next);
    if (!saved.ok) return saved;
    book.put(next);
    refresh();
    deps.changed(next.userId);
    await deps.audit.record(by.id, "device.changed", before === null ? null : audited(before), { ...audited(next), newPassword: password !== null });
    return ok({ device: book.view(next.userId), password });
  };
  return {
    start: () => {
      refresh();
      deps.directory.onChanged(refresh);
      deps.phones.onReady(book.lookAtAll);
      deps.phones.onChanged((account) => {
        const user = book.ownerOf(account);
        if (user !== null) book.look(user);
      });
    },
    of: (user) => (deps.directory.user(user) === null ? err({ type: "user-unknown" }) : ok(book.view(user))),
    phoneOf: book.phone,
    choose: async (user, choice, by) => {
      if (deps.directory.user(user) === null) return err({ type: "user-unknown" });
      const before = book.device(user);
      const allowed = mayChoose(before, choice, by);
      if (!allowed.ok) return allowed;
      const contact = choice.kind === "phone" ? choice.contact : null;
      const needsAccount = choice.kind === "phone" && contact === null && before.account === null;
      if (needsAccount && book.accounts().length >= MAX_PHONE_ACCOUNTS) return err({ type: "too-many-phones", limit: MAX_PHONE_ACCOUNTS });
      const account = needsAccount ? newAccount(book.takenNumbers()) : before.account;
      return store({ userId: user, kind: choice.kind, contact, account, changedAt: deps.clock.now() }, by, needsAccount ? (account?.password ?? null) : null);
    },
    renewPassword: async (user, by) => {
      const before = book.device(user);
      if (before.account === null || before.kind !== "phone" || before.contact !== null) return err({ type: "no-account" });
      // Another number, too: whatever is registered with the old one is not rung any more.
      const account = newAccount(book.takenNumbers());
      return store({ ...before, account, changedAt: deps.clock.now() }, by, account.password);
    },
    noteTrouble: book.noteTrouble,
  };
}

/** Whose device is which, and which phone is there. */
function createBook(deps: DevicesDeps, stored: readonly StoredDevice[]) {
  const devices = new Map<UserId, StoredDevice>(stored.map((device) => [device.userId, device]));
  const troubles = new Map<UserId, Trouble>();
  const here = new Set<UserId>();
  const device = (user: UserId): StoredDevice => devices.get(user) ?? { userId: user, kind: "browser", contact: null, account: null, changedAt: deps.clock.now() };
  const phone = (user: UserId) => (deps.directory.isActive(user) ? phoneOf(device(user)) : null);
  const isThere = (user: UserId): boolean => {
    const address = phone(user);
    return address !== null && deps.phones.isReady() && (address.kind === "fixed" || deps.phones.isRegistered(address.account));
  };
  const look = (user: UserId): void => {
    const there = isThere(user);
    if (there === here.has(user)) return;
    if (there) here.add(user);
    else here.delete(user);
    deps.presence[there ? "opened" : "closed"](user);
    deps.changed(user);
  };
  return {
    device, phone, look,
    stored: (user: UserId): StoredDevice | null => devices.get(user) ?? null,
    put: (next: StoredDevice): void => {
      devices.set(next.userId, next);
      troubles.delete(next.userId);
    },
    lookAtAll: (): void => { for (const user of devices.keys()) look(user); },
    accounts: (): readonly PhoneAccount[] =>
      [...devices.values()].flatMap(({ userId, account }) => (account === null || !deps.directory.isActive(userId) ? [] : [{ account: account.number, password: account.password }])),
    takenNumbers: (): ReadonlySet<string> => new Set([...devices.values()].flatMap(({ account }) => (account === null ? [] : [account.number]))),
    ownerOf: (number: string): UserId | null => [...devices.values()].find(({ account }) => account?.number === number)?.userId ?? null,
    view: (user: UserId): Device => {
      const { kind, contact, account } = device(user);
      const registers = kind === "phone" && contact === null && account !== null;
      return {
        kind, contact: kind === "phone" ? contact : null,
        account: registers ? { user: account.number, server: deps.server } : null,
        state: kind === "browser" || contact !== null || isThere(user) ? "ready" : "not-registered",
        trouble: kind === "phone" ? (troubles.get(user) ?? null) : null,
      };
    },
    noteTrouble: (user: UserId, text: string | null): void => {
      if (text === null && !troubles.delete(user)) return;
      if (text !== null) troubles.set(user, { at: deps.clock.now(), text });
      deps.changed(user);
    },
  };
}

function newAccount(taken: ReadonlySet<string>): NonNullable<StoredDevice["account"]> {
  let number = "";
  do number = String(randomInt(FIRST_ACCOUNT, LAST_ACCOUNT + 1)); while (taken.has(number));
  return { number, password: newToken().slice(0, PASSWORD_CHARS) };
}

function mayChoose(before: StoredDevice, choice: DeviceChoice, by: User): Result<void, DeviceError> {
  if (choice.kind === "browser" || choice.contact === null) return ok(undefined);
  const read = readContact(choice.contact);
  if (!read.ok) return read;
  return by.role === "admin" || choice.contact === before.contact ? ok(undefined) : err({ type: "contact-denied" });
}

const audited = ({ userId, kind, contact, account }: StoredDevice) => ({ userId, kind, contact, account: account?.number ?? null });
