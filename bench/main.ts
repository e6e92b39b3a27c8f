// npm run bench -- NAME: measures on this machine, now, beside a floor in the same run. Compare ratios, not figures of
// different runs: machines are shared and drift.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchCentre } from "./centre.ts";
import { benchBridge } from "./bridge.ts";
import { benchRouting } from "./routing.ts";
import { benchSoak } from "./soak.ts";
import { benchSwitch } from "./switch.ts";
import { renderTable, type BenchResult } from "./table.ts";

/** A bench that gives nothing has said why. */
const benches: Readonly<Record<string, () => Promise<BenchResult | null>>> = { bridge: benchBridge, centre: benchCentre, routing: benchRouting, switch: benchSwitch, soak: benchSoak };
/** What runs when no name is given. The soak takes its time and is asked for. */
const usual: readonly string[] = ["switch", "bridge", "routing"];

const [name] = process.argv.slice(2);
const wanted = name === undefined ? usual : [name];
const unknown = wanted.find((w) => !(w in benches));
if (unknown !== undefined) {
  process.stderr.write(`There is no bench "${unknown}". Known: ${Object.keys(benches).join(", ")}.\n`);
  process.exit(2);
}
for (const w of wanted) {
  const result = await benches[w]!();
  if (result === null) continue;
  process.stdout.write(renderTable(result));
  const dir = join(import.meta.dirname, "results");
  await mkdir(dir, { recursive: true });
  const file = join(dir, `${w}.json`);
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`\nWritten to bench/results/${w}.json\n`);
}
process.exit(0);
