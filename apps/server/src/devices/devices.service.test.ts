// Who has which device, over a store and phones in memory.
import { ok, type UserId } from "@ringdesk/std";
import type { User } from "@ringdesk/contract/http";
import { beforeEach, expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import type { PhoneAccount } from "../telephony/index.ts";
import type { StoredDevice } from "./device.rules.ts";
import { createDevices, type DevicesService } from "./devices.service.ts";

const user = (id: string, role: User["role"]): User => ({ id: id as UserId, name: id, email: `${id}@example.com`, role });
const ana = user("ana", "agent"), olga = user("olga", "admin");
const active = new Set<UserId>();
const registered = new Set<string>();
let stored: StoredDevice[], accounts: readonly PhoneAccount[], isReady: boolean, becomeReady: () => void, told: string[], audited: unknown[], phoneChanged: (account: string) => void, peopleChanged: () => void;
let devices: DevicesService;

beforeEach(async () => {
  [stored, accounts, told, audited, isReady] = [[], [], [], [], true];
  registered.clear();
  for (const { id } of [ana, olga]) active.add(id);
  await open();
});

async function open(): Promise<void> {
  devices = await createDevices({
    store: { all: async () => stored, save: async (device) => { stored = [...stored.filter((d) => d.userId !== device.userId), device]; return ok(undefined); } },
    phones: {
      dial: async () => ok(undefined), setAccounts: (next) => { accounts = next; }, isRegistered: (account) => registered.has(account),
      isReady: () => isReady, onReady: (listen) => { becomeReady = listen; },
      onChanged: (listen) => { phoneChanged = listen; return () => undefined; },
    },
    directory: { user: (id) => [ana, olga].find((u) => u.id === id) ?? null, isActive: (id) => active.has(id), onChanged: (listen) => { peopleChanged = listen; return () => undefined; } },
    audit: { record: async (...entry) => void audited.push(entry) }, clock: createFakeClock(), server: "192.0.2.1:5060",
    presence: { opened: (id) => void told.push(`${id} opened`), closed: (id) => void told.push(`${id} closed`) }, changed: () => undefined,
  });
  devices.start();
}
/** Ana takes calls at a phone that registers. */
async function withAccount() {
  const chosen = await devices.choose(ana.id, { kind: "phone", contact: null }, ana);
  if (!chosen.ok) throw new Error(chosen.error.type);
  return { number: chosen.value.device.account?.user ?? "", password: chosen.value.password ?? "" };
}
const registers = (number: string, there: boolean): void => {
  if (there) registered.add(number);
  else registered.delete(number);
  phoneChanged(number);
};

test("RTE-9 after a start of the server no phone is there before it can be rung", async () => {
  const { number } = await withAccount();
  await devices.choose(olga.id, { kind: "phone", contact: "sip:desk@192.0.2.7" }, olga);
  registers(number, true);
  told = [];
  isReady = false;
  await open();
  registers(number, true);
  expect([told, devices.of(olga.id)]).toMatchObject([[], { value: { state: "ready" } }]);
  isReady = true;
  becomeReady();
  expect(told.sort()).toEqual(["ana opened", "olga opened"]);
});

test("everybody begins in the browser", () => {
  expect(devices.of(ana.id)).toEqual(ok({ kind: "browser", contact: null, account: null, state: "ready", trouble: null }));
  expect([devices.phoneOf(ana.id), devices.of("nobody" as UserId).ok]).toEqual([null, false]);
});

test("an account is made once, its password is told once, and neither is in the audit log", async () => {
  const { number, password } = await withAccount();
  expect(number).toMatch(/^7\d{7}$/);
  expect(password.length).toBe(24);
  expect(accounts).toEqual([{ account: number, password }]);
  expect(devices.of(ana.id)).toMatchObject({ value: { state: "not-registered", account: { user: number, server: "192.0.2.1:5060" } } });
  expect(await devices.choose(ana.id, { kind: "phone", contact: null }, ana)).toMatchObject({ value: { password: null, device: { account: { user: number } } } });
  expect(JSON.stringify(audited)).not.toContain(password);
});

test("STAT-2 a phone counts as there while it is registered; back in the browser it counts no more", async () => {
  const { number } = await withAccount();
  registers(number, true);
  registers(number, false);
  registers(number, true);
  await devices.choose(ana.id, { kind: "browser" }, ana);
  expect(told).toEqual(["ana opened", "ana closed", "ana opened", "ana closed"]);
});

test("a new password is another account: what was registered with the old one is not rung any more", async () => {
  const { number } = await withAccount();
  registers(number, true);
  expect(await devices.renewPassword(ana.id, ana)).toMatchObject({ value: { device: { state: "not-registered" } } });
  expect([accounts.length, accounts[0]?.account === number, told]).toEqual([1, false, ["ana opened", "ana closed"]]);
  expect(await devices.renewPassword(olga.id, olga)).toMatchObject({ error: { type: "no-account" } });
});

test("ORG-2 only an admin enters a fixed address, which is always there; its agent keeps it", async () => {
  const fixed = { kind: "phone", contact: "sip:ana@10.0.0.7:5060" } as const;
  expect(await devices.choose(ana.id, fixed, ana)).toMatchObject({ error: { type: "contact-denied" } });
  expect(await devices.choose(ana.id, { ...fixed, contact: "nonsense" }, olga)).toMatchObject({ error: { type: "contact-invalid" } });
  expect(await devices.choose(ana.id, fixed, olga)).toMatchObject({ value: { device: { state: "ready", account: null }, password: null } });
  expect(devices.phoneOf(ana.id)).toMatchObject({ kind: "fixed", host: "10.0.0.7", port: 5060 });
  expect((await devices.choose(ana.id, fixed, ana)).ok).toBe(true);
  expect(told).toEqual(["ana opened"]);
});

test("a restart finds everything; who is deactivated has no phone and no account", async () => {
  const { number } = await withAccount();
  registered.add(number);
  await open();
  expect([accounts.length, told]).toEqual([1, ["ana opened"]]);
  active.delete(ana.id);
  peopleChanged();
  expect([accounts, told, devices.phoneOf(ana.id)]).toEqual([[], ["ana opened", "ana closed"], null]);
});

test("trouble with a phone is shown until it rings as it should", async () => {
  await withAccount();
  devices.noteTrouble(ana.id, "Your phone could not be reached.");
  expect(devices.of(ana.id)).toMatchObject({ value: { trouble: { text: "Your phone could not be reached." } } });
  devices.noteTrouble(ana.id, null);
  expect(devices.of(ana.id)).toMatchObject({ value: { trouble: null } });
});
