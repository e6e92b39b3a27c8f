import type { E164 } from "@ringdesk/std";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createRegisteredPhones, type PhoneEvent } from "./registered-phones.ts";

const NUMBER = "+12025550150" as E164;
const open = (accountChanged: (account: string) => void = () => undefined) => createRegisteredPhones({
  readNumber: (text) => (/^\+?1?202\d{7}$/.test(text) ? `+1${text.slice(-10)}` as E164 : null), isAccount: (text) => text.startsWith("7000"), accountChanged, log: pino({ level: "silent" }),
});
const event = (type: PhoneEvent["type"], number: string): PhoneEvent => ({ type, trunk: "sandbox", number });

test("a phone is found by its number however it wrote it, and dialled as it wrote it", () => {
  const phones = open();
  expect(phones.find(NUMBER)).toBeNull();
  phones.happened(event("phone.registered", "2025550150"));
  expect(phones.find(NUMBER)).toEqual({ trunk: "sandbox", dialled: "2025550150" });
  phones.happened(event("phone.registered", NUMBER));
  expect(phones.find(NUMBER)?.dialled).toBe(NUMBER);
  phones.happened(event("phone.unregistered", NUMBER));
  expect(phones.find(NUMBER)?.dialled).toBe("2025550150");
  phones.happened(event("phone.unregistered", "2025550150"));
  expect(phones.find(NUMBER)).toBeNull();
});

test("a snapshot replaces what was known, and an event that comes again changes nothing", () => {
  const phones = open();
  phones.happened(event("phone.registered", "2025550151"));
  phones.replace([{ trunk: "sandbox", number: NUMBER }]);
  phones.happened(event("phone.registered", NUMBER));
  phones.happened(event("phone.unregistered", "2025550151"));
  expect(phones.find("+12025550151" as E164)).toBeNull();
  phones.happened(event("phone.unregistered", NUMBER));
  expect(phones.find(NUMBER)).toBeNull();
});

test("what is no telephone number is left out", () => {
  const phones = open();
  phones.replace([{ trunk: "sandbox", number: "4000" }]);
  phones.happened(event("phone.unregistered", "4000"));
  expect(phones.find("4000" as E164)).toBeNull();
});

test("the phone of an account is told when it comes and when it goes, also between two snapshots", () => {
  const told: string[] = [];
  const phones = open((account) => told.push(`${account} ${phones.trunkOf(account)}`));
  phones.happened(event("phone.registered", "70001234"));
  phones.replace([{ trunk: "phones", number: "70001234" }]);
  phones.replace([]);
  phones.happened(event("phone.unregistered", "70001234"));
  expect(told).toEqual(["70001234 sandbox", "70001234 phones", "70001234 null"]);
});
