import type { Import } from "./imports.ts";
import type { Ends, Rule } from "./rules.ts";

/** `rule` is a rule's name, `no-cycles` or `no-unresolved`. */
export type Violation = { readonly rule: string; readonly why: string; readonly path: string };

/** All violations of the rules, of the ban on cycles (types included), and imports that lead nowhere. */
export function findViolations(imports: readonly Import[], rules: readonly Rule[]): Violation[] {
  const broken = imports.flatMap((one) => rules.filter((rule) => breaks(one, rule)).map((rule) =>
    ({ rule: rule.name, why: rule.why, path: `${one.from} → ${one.to ?? one.specifier}` })));
  const lost = imports.filter(({ to }) => to === null).map((one) =>
    ({ rule: "no-unresolved", why: "This import leads nowhere.", path: `${one.from} → ${one.specifier}` }));
  const cycles = findCycles(imports).map((files) =>
    ({ rule: "no-cycles", why: "Files that import each other, even for types, are one file.", path: files.join(" ↔ ") }));
  return [...broken, ...lost, ...cycles];
}

function breaks(one: Import, rule: Rule): boolean {
  if (one.to === null || (one.typeOnly && rule.typesMay) || !fits(one.from, rule.from, "")) return false;
  const group = rule.from.path === undefined ? "" : new RegExp(rule.from.path).exec(one.from)?.[1] ?? "";
  return fits(one.to, rule.to, group);
}

function fits(path: string, ends: Ends, group: string): boolean {
  const matches = (pattern: string): boolean => compiled(pattern.replaceAll("$1", group)).test(path);
  return (ends.path === undefined || matches(ends.path)) && !(ends.not ?? []).some(matches);
}

const patterns = new Map<string, RegExp>();
function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(pattern);
  patterns.set(pattern, made);
  return made;
}

/** Groups of files that reach each other: the strongly connected components, by Tarjan. */
function findCycles(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) if (to !== null) next.set(from, [...(next.get(from) ?? []), to]);
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const [stack, open]: [string[], Set<string>] = [[], new Set()];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) ?? 0);
    stack.push(file);
    open.add(file);
    for (const to of next.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      if (open.has(to)) low.set(file, Math.min(low.get(file) ?? 0, low.get(to) ?? 0));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    for (const member of group) open.delete(member);
    if (group.length > 1 || (next.get(file) ?? []).includes(file)) found.push(group);
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return found;
}
