// The floor of a measurement: what a Node process uses that does nothing but pass packets on.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate, pin, type Reading } from "./ccload.ts";

/** The generator's own first port. */
const GENERATOR_RTP = 20_000;

/**
 * The audio of so many calls through the bare relay, on the processor of what is measured: no signalling, no header rewritten.
 * `words` tell the generator how long; its files go into the folder `out`.
 */
export async function relayFloor(calls: number, out: string, words: readonly string[]): Promise<Reading> {
  const relay: ChildProcess = fork(join(import.meta.dirname, "relay.ts"));
  try {
    const local = Array.from({ length: calls * 2 }, (_, leg) => GENERATOR_RTP + leg * 2);
    const answered = once(relay, "message") as Promise<[number[]]>;
    relay.send(local);
    const [ports] = await answered;
    await pin([relay.pid ?? 0]);
    const line = (call: number): string => [0, 1].map((side) => `${local[call * 2 + side]} 127.0.0.1 ${ports[call * 2 + side]}`).join(" ");
    const legs = join(out, "relay.legs");
    await writeFile(legs, `${Array.from({ length: calls }, (_, call) => line(call)).join("\n")}\n`);
    return await generate(["--legs", legs, "--watch", String(relay.pid), ...words], join(out, "floor.json"));
  } finally {
    relay.disconnect();
  }
}
