import { err, ok, type Result } from "@ringdesk/std";
import { settingNames, settings } from "@ringdesk/contract/config";
import type { Terminal } from "./terminal.ts";

export type Command = "run" | "check" | "help";

/** What the words after `npm start --` ask for. The error is the word that nobody knows. */
export function parseArguments(words: readonly string[]): Result<Command, string> {
  const commands: Readonly<Record<string, Command>> = { "--help": "help", "-h": "help", "--check": "check" };
  let command: Command = "run";
  for (const word of words) {
    const known = commands[word];
    if (known === undefined) return err(word);
    if (command !== "help") command = known;
  }
  return ok(command);
}

/** The text of `--help`: every setting with its meaning, its default and what is allowed. */
export function helpText(terminal: Terminal): string {
  const { bold, dim } = terminal;
  const list = settingNames.map((name) => {
    const { description, fallback, allowed } = settings[name];
    const note = fallback === null ? "not set" : fallback;
    return `  ${bold(name)} ${dim(`(${note})`)}\n      ${description}\n      Allowed: ${allowed}.`;
  });
  return [
    `${bold("Ringdesk")}, a phone system for customer support.`, "",
    "  npm start               starts it; Ctrl-C stops it",
    "  npm start -- --check    checks the settings and ends",
    "  npm start -- --help     this text", "",
    "Settings are environment variables, in brackets what holds when they are not set:", "", ...list, "",
  ].join("\n");
}
