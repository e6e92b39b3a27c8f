import { monitorEventLoopDelay } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";

/** What a probe or a scraper is told beyond what the process knows of itself. */
export interface Operations {
  /** Whether work can be taken on, by named check. Not ready when one is false. */
  readonly checks: () => Promise<Readonly<Record<string, boolean>>>;
  /** Gauges, named `ringdesk_…`. */
  readonly gauges: () => Readonly<Record<string, number>>;
}

const LOOP_RESOLUTION_MS = 20;
const NS_PER_S = 1e9;

/** `/healthz`: the process lives. `/readyz`: it can work. `/metrics`: figures for Prometheus (OPS-2). */
export function registerOperations(app: FastifyInstance, operations: Operations): void {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  app.addHook("onClose", async () => { loop.disable(); });
  const hidden = { schema: { hide: true }, logLevel: "warn" } as const;
  app.get("/healthz", hidden, async (_request, reply) => reply.send({ ok: true }));
  app.get("/readyz", hidden, async (_request, reply) => {
    const checks = await operations.checks();
    const ok = Object.values(checks).every(Boolean);
    return reply.code(ok ? 200 : 503).send({ ok, checks });
  });
  app.get("/metrics", hidden, async (_request, reply) => {
    const memory = process.memoryUsage();
    const lines = Object.entries({
      process_resident_memory_bytes: memory.rss,
      process_heap_bytes: memory.heapUsed,
      process_cpu_seconds_total: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
      process_uptime_seconds: process.uptime(),
      nodejs_eventloop_lag_p99_seconds: loop.percentile(99) / NS_PER_S,
      ...operations.gauges(),
    }).map(([name, value]) => `${name} ${Number.isFinite(value) ? value : 0}\n`);
    loop.reset();
    return reply.type("text/plain; version=0.0.4").send(lines.join(""));
  });
}
