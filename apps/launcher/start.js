// The first file of `npm start`. Plain JavaScript for any Node from 18 on: it hands over to the Node that Ringdesk
// is made for, which npm installed beside the other packages. With that Node already running it just goes on.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const EXIT_CANNOT_START = 1;
const main = fileURLToPath(new URL("./src/main.ts", import.meta.url));

function pinnedNode() {
  const packageName = `node-${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), "bin", "node");
  } catch {
    return null;
  }
}

function handOver(node) {
  // The channel ("ipc") tells main.ts when this process is gone, also after a kill -9.
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`Ringdesk cannot start ${node}: ${error.message}\n`);
    process.exit(EXIT_CANNOT_START);
  });
  child.on("exit", (code) => process.exit(code ?? EXIT_CANNOT_START));
}

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) {
  await import("./src/main.ts");
} else {
  const node = pinnedNode();
  if (node === null) {
    process.stderr.write(
      `Ringdesk needs Node ${NEEDED_MAJOR}; this is ${process.version} and there is no packaged one for ${process.platform}-${process.arch}.\n` +
      `Run "npm ci" without --omit=optional, or install Node ${NEEDED_MAJOR}.\n`);
    process.exit(EXIT_CANNOT_START);
  }
  handOver(node);
}
