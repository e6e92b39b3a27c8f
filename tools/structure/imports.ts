// Reads which file imports which, from the sources as they stand: TypeScript is parsed, not compiled.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync } from "oxc-parser";

/** One import. Paths are relative to the checkout; packages are `node_modules/<name>`, Node's modules `node:<name>`. */
export type Import = {
  readonly from: string;
  /** Null when it leads nowhere. */
  readonly to: string | null;
  readonly specifier: string;
  /** Erased before the code runs. */
  readonly typeOnly: boolean;
};

const SOURCE = /[.]tsx?$/;
const SKIPPED = new Set(["node_modules", "dist", "output", "results"]);
/** `import("…")`, as a value or in a type. */
const INLINE_IMPORT = /\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** The TypeScript files below the folders, relative to the checkout. */
export function findSources(checkout: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => walk(join(checkout, folder))).map((file) => relative(checkout, file)).sort();
}

function walk(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

/** All imports of the files. Throws for a file that is not TypeScript. */
export function readImports(checkout: string, files: readonly string[]): Import[] {
  return files.flatMap((from) => specifiersOf(join(checkout, from)).map(([specifier, typeOnly]) =>
    ({ from, to: resolveImport(checkout, from, specifier), specifier, typeOnly })));
}

function specifiersOf(path: string): [specifier: string, typeOnly: boolean][] {
  const source = readFileSync(path, "utf8");
  const { module, errors } = parseSync(path, source);
  const failure = errors[0];
  if (failure !== undefined) throw new Error(`${path}: ${failure.message}`);
  const imports = module.staticImports.map(({ moduleRequest, entries }): [string, boolean] =>
    [moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType)]);
  const exports = module.staticExports.flatMap(({ entries }) => entries.flatMap((entry): [string, boolean][] =>
    (entry.moduleRequest == null ? [] : [[entry.moduleRequest.value, entry.isType]])));
  const inline = [...source.matchAll(INLINE_IMPORT)].map(([, specifier]): [string, boolean] => [specifier ?? "", false]);
  return [...imports, ...exports, ...inline];
}

function resolveImport(checkout: string, from: string, specifier: string): string | null {
  if (specifier.startsWith(".")) {
    const path = resolve(checkout, dirname(from), specifier.replace(/\?.*$/, ""));
    return existsSync(path) ? relative(checkout, path) : null;
  }
  if (specifier.startsWith("node:")) return specifier;
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  const [first = "", second = "", third] = specifier.split("/");
  if (first === "@ringdesk") {
    const path = `packages/${second}/src/${third === undefined ? "" : `${third}/`}index.ts`;
    return existsSync(join(checkout, path)) ? path : null;
  }
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  return `node_modules/${name}`;
}
