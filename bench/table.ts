/** What a bench gives back: rows of figures with their unit in the column's name. */
export interface BenchResult {
  readonly name: string;
  readonly measuredAt: string;
  readonly machine: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly notes: readonly string[];
}

/** As a Markdown table, so that it can be pasted into a document. */
export function renderTable(result: BenchResult): string {
  const cells = [result.columns, ...result.rows.map((r) => r.map((c) => (typeof c === "number" ? c.toFixed(3) : c)))];
  const widths = result.columns.map((_, i) => Math.max(...cells.map((r) => String(r[i]).length)));
  const line = (r: readonly (string | number)[]): string => `| ${r.map((c, i) => String(c).padEnd(widths[i]!)).join(" | ")} |`;
  const rule = `|${widths.map((w) => "-".repeat(w + 2)).join("|")}|`;
  return [`\n# ${result.name} (${result.machine})`, line(cells[0]!), rule, ...cells.slice(1).map(line), "", ...result.notes.map((n) => `- ${n}`), ""].join("\n");
}
