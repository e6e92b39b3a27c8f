// Loaded into a switch before its own code: each SIGUSR2 begins or ends a load of work that leaves its loop no time.
const BLOCK_MS = 150;
let working = false;
function work() {
  const end = performance.now() + BLOCK_MS;
  while (performance.now() < end);
  if (working) setImmediate(work);
}
process.on("SIGUSR2", () => {
  working = !working;
  if (working) work();
});
