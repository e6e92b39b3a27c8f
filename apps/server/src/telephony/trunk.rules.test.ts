import { trunk } from "@ringdesk/contract/switch";
import { expect, test } from "vitest";
import { trunksOf } from "./trunk.rules.ts";

test("the configured trunk is what the switch takes", () => {
  const [configured] = trunksOf({ sources: [{ address: "192.0.2.10", bits: 32 }, { address: "198.51.100.0", bits: 24 }], target: { host: "sip.example.com", port: 5060 } });
  expect(trunk.parse(configured)).toEqual({ id: "sip", sources: ["192.0.2.10/32", "198.51.100.0/24"], target: { host: "sip.example.com", port: 5060 } });
  expect(trunksOf(null)).toEqual([]);
});
