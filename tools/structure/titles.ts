// Reads the titles of tests from the sources as they stand, with those of the describes around them.
import { parseSync } from "oxc-parser";

const GROUPS = new Set(["describe"]);
const TESTS = new Set(["test", "it"]);
type Node = { readonly type: string; readonly [key: string]: unknown };

/** The full titles of the tests in one file. What a template puts in stands as `…`; a table of tests is one title. Throws for a file that is not TypeScript. */
export function titlesOf(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source);
  const failure = errors[0];
  if (failure !== undefined) throw new Error(`${path}: ${failure.message}`);
  const titles: string[] = [];
  const visit = (value: unknown, around: string): void => {
    if (Array.isArray(value)) { for (const each of value) visit(each, around); return; }
    if (!isNode(value)) return;
    const name = value.type === "CallExpression" ? calledName(value["callee"]) : null;
    const title = name === null ? null : textOf((value["arguments"] as readonly unknown[])[0]);
    if (name !== null && title !== null && TESTS.has(name)) titles.push(`${around}${title}`);
    const inside = name !== null && title !== null && GROUPS.has(name) ? `${around}${title} > ` : around;
    for (const each of Object.values(value)) visit(each, inside);
  };
  visit(program, "");
  return titles;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;

/** `test` of `test(…)`, `test.skipIf(…)(…)`, `` test.each`…`(…) ``; null for a table that is not yet called with its title. */
function calledName(callee: unknown): string | null {
  if (!isNode(callee)) return null;
  if (callee.type === "Identifier") return String(callee["name"]);
  if (callee.type === "MemberExpression") return calledName(callee["object"]);
  if (callee.type === "CallExpression") return calledName(callee["callee"]);
  return callee.type === "TaggedTemplateExpression" ? calledName(callee["tag"]) : null;
}

function textOf(argument: unknown): string | null {
  if (!isNode(argument)) return null;
  if (argument.type === "Literal") return typeof argument["value"] === "string" ? argument["value"] : null;
  if (argument.type !== "TemplateLiteral") return null;
  return (argument["quasis"] as readonly { readonly value: { readonly raw: string } }[]).map(({ value }) => value.raw).join("…");
}
