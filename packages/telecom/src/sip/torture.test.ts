// RFC 4475 and hand-made hostile messages, each through the whole user agent. The corpora are not part of this repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Millis } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { createUserAgent, parseMessage, type Flow } from "./index.ts";
import { quickestMs } from "../../../../tests/support/quickest.ts";

const corpora = join(import.meta.dirname, "../../../../../shared/reference");
const present = existsSync(join(corpora, "sip-torture/manifest.json"));
if (!present) process.stderr.write("torture.test.ts: skipped, no ../shared/reference beside this checkout\n");

type Entry = { readonly file: string; readonly allowed: readonly string[]; readonly class: string; readonly title: string };
type Wire = { readonly file: string; readonly expect: string };
const torture: readonly Entry[] = present ? JSON.parse(readFileSync(join(corpora, "sip-torture/manifest.json"), "utf8")).messages : [];
const wire: readonly Wire[] = present ? JSON.parse(readFileSync(join(corpora, "wire/manifest.json"), "utf8")) : [];

const from: Flow = { transport: "udp", address: "192.0.2.10", port: 5070 };
const now = 0 as Millis;

/** What becomes of one datagram: the status of the answer, `process` for an announced call, `drop` for silence. */
function outcomeOf(bytes: Uint8Array): { readonly outcome: string; readonly calls: number; readonly to: readonly Flow[]; readonly text: string } {
  let n = 0;
  const agent = createUserAgent({
    host: "198.51.100.1", port: 5060, product: "test", newToken: () => `t${++n}`, newCall: () => `c${++n}`,
    ownsAddress: () => false, admitsCall: () => true, registrar: null, maxCalls: 10, maxTransactions: 10,
  });
  agent.handle({ type: "datagram", peer: "trunk", from, bytes }, now);
  const to: Flow[] = [];
  let outcome = "drop";
  let text = "";
  let calls = 0;
  for (let out = agent.poll(); out !== null; out = agent.poll()) {
    if (out.type === "incoming") {
      outcome = "process";
      calls++;
    }
    if (out.type !== "send") continue;
    to.push(out.to);
    const sent = parseMessage(out.bytes);
    text = new TextDecoder().decode(out.bytes);
    if (outcome === "drop") outcome = sent.outcome === "response" ? String(sent.response.status) : (/^SIP\/2.0 (\d+)/.exec(text)?.[1] ?? "?");
    if (outcome === "100") outcome = "drop";
  }
  return { outcome, calls, to, text };
}

describe.skipIf(!present)("RFC 4475", () => {
  for (const entry of torture) {
    test(`${entry.file.slice(8)}: ${entry.title} → ${entry.allowed.join(" or ")}`, () => {
      const bytes = readFileSync(join(corpora, "sip-torture", entry.file));
      const got = outcomeOf(bytes);
      // wsinv has a To tag: handled as the ordinary request that it is, it belongs to a dialog that is not here.
      expect(entry.file.includes("wsinv") ? ["481"] : entry.allowed).toContain(got.outcome);
      if (entry.class === "malformed" && !entry.allowed.includes("process")) expect(got.calls).toBe(0);
      for (const to of got.to) expect(to).toEqual(from);
      if (entry.file.includes("bext01")) expect(got.text).toContain("Unsupported: nothingSupportsThis, nothingSupportsThisEither");
      if (entry.file.includes("invut")) expect(got.text).toContain("Accept: application/sdp");
    });
  }
});

describe.skipIf(!present)("SEC-3 hostile SIP", () => {
  for (const entry of wire.filter((w) => w.file.startsWith("sip/"))) {
    test(`${entry.file} → ${entry.expect}`, () => {
      const bytes = readFileSync(join(corpora, "wire", entry.file));
      expect(quickestMs(() => outcomeOf(bytes))).toBeLessThan(10);
      const got = outcomeOf(bytes);
      for (const to of got.to) expect(to).toEqual(from);
      const allowed = entry.expect.match(/\b(\d{3}|process|drop)\b/g)?.filter((word) => word !== "100") ?? [];
      // Which numbers exist is for the trunk side to say; the user agent hands the URI on unharmed.
      if (entry.file.includes("dial-inject")) allowed.push("process");
      if (/reply to packet source|stored|never|one log line|header ignored/.test(entry.expect)) allowed.push("process", "400", "404", "drop");
      expect([...allowed]).toContain(got.outcome);
    });
  }
});

describe.skipIf(!present)("SEC-3 mutated messages at a living user agent", () => {
  test("never throw, never send elsewhere than back, and leave nothing behind", () => {
    const folders = [join(corpora, "sip-torture/rfc4475"), join(corpora, "wire/sip")];
    const corpus = folders.flatMap((folder) => readdirSync(folder).map((file) => readFileSync(join(folder, file), "latin1")));
    let seed = 4_475;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return below === 0 ? 0 : seed % below;
    };
    const pick = (): string => corpus[random(corpus.length)] ?? "";
    let n = 0;
    const agent = createUserAgent({
      host: "198.51.100.1", port: 5060, product: "test", newToken: () => `t${++n}`, newCall: () => `c${++n}`,
      ownsAddress: () => false, admitsCall: () => true, registrar: null, maxCalls: 50, maxTransactions: 200,
    });
    let at = 0;
    for (let round = 0; round < 5_000; round++) {
      let text = pick();
      for (let i = random(4); i > 0; i--) {
        const cut = random(text.length);
        const other = pick();
        const from = random(other.length);
        text = text.slice(0, cut) + other.slice(from, from + random(60)) + text.slice(cut + random(30));
      }
      agent.handle({ type: "datagram", peer: "trunk", from, bytes: Buffer.from(text, "latin1") }, (at += 20) as Millis);
      for (let out = agent.poll(); out !== null; out = agent.poll()) {
        if (out.type === "send") expect(out.to).toEqual(from);
        // Every kind of answer gets its turn.
        if (out.type === "incoming") agent.handle(random(2) === 0 ? { type: "answer", call: out.call, sdp: "v=0" } : { type: "reject", call: out.call, status: 486 }, at as Millis);
        if (out.type === "offer") agent.handle({ type: "accept-offer", call: out.call, sdp: "v=0" }, at as Millis);
      }
    }
    for (let due = agent.deadline(); due !== null; due = agent.deadline()) agent.handle({ type: "tick" }, due);
    expect(agent.counters()).toMatchObject({ calls: 0, transactions: 0 });
  });
});
