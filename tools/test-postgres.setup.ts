// Global set-up of the vitest projects that need PostgreSQL (see test-postgres.ts).
import type { TestProject } from "vitest/node";
import { startPostgres } from "./test-postgres.ts";

/** Starts the cluster of this run; the function it returns stops it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  project.provide("postgresUrl", postgres.url);
  return postgres.stop;
}
