import type { TrunkConfig } from "@ringdesk/contract/config";
import { trunk } from "@ringdesk/contract/switch";
import { expect, test } from "vitest";
import { trunksOf } from "./trunk.rules.ts";

const config: TrunkConfig = {
  sources: [{ address: "192.0.2.10", bits: 32 }, { address: "198.51.100.0", bits: 24 }], targets: [{ host: "sip.example.com", port: 5060 }],
  transport: "udp", account: null, probes: null, signalsHold: false, authorityFile: null,
};

test("the configured trunk is what the switch takes", () => {
  const [configured] = trunksOf(config, false, []);
  expect(trunk.parse(configured)).toEqual({ id: "sip", sources: ["192.0.2.10/32", "198.51.100.0/24"], target: { host: "sip.example.com", port: 5060, transport: "udp" }, registers: false, trusted: true });
  expect(trunksOf(null, false, []).map(({ id }) => id)).toEqual(["phones"]);
});

test("several targets, an account, probing and hold reach the switch", () => {
  const account = { user: "u", password: "p", realm: null, registers: true, demanded: false };
  const [full] = trunksOf({ ...config, targets: [...config.targets, { host: "192.0.2.11", port: null }], transport: "tls", account, probes: false, signalsHold: true }, false, []);
  expect(trunk.parse(full)).toMatchObject({
    target: { host: "sip.example.com", port: 5060, transport: "tls" }, fallbacks: [{ host: "192.0.2.11", port: null, transport: "tls" }], account, probes: false, signalsHold: true,
  });
});

test("SEC-3: the sandbox takes calls and registrations from this machine alone, after the configured trunk", () => {
  const both = trunksOf(config, true, []);
  expect(both.map(({ id }) => id)).toEqual(["sip", "sandbox", "phones"]);
  expect(trunk.parse(both[1])).toEqual({ id: "sandbox", sources: ["127.0.0.0/8", "::1/128"], target: null, registers: true });
});

test("SEC-3: agents' phones register with accounts alone, from this machine and where the settings say", () => {
  const [phones] = trunksOf(null, false, [{ address: "198.51.100.0", bits: 24 }]);
  expect(trunk.parse(phones)).toEqual({ id: "phones", sources: ["198.51.100.0/24", "127.0.0.0/8", "::1/128"], target: null, registers: "accounts" });
});
