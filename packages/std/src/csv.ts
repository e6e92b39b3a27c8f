// Comma-separated values (RFC 4180), read strictly: what does not follow the format is a fault with its line, not a guess.

/** One record of a file; `line` is where it begins, from 1. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[]; readonly fault: CsvFault | null };
/** `quote-inside`: a quote in a cell that does not begin with one. `text-after-quote`: something follows a closing quote. `unclosed-quote`: the file ends inside quotes. */
export type CsvFault = "quote-inside" | "text-after-quote" | "unclosed-quote";
export type CsvDelimiter = "," | ";" | "\t";

const DELIMITERS: readonly CsvDelimiter[] = [",", ";", "\t"];
/** How much of a file the delimiter is guessed from, in records. */
const GUESS_RECORDS = 10;

/**
 * Reads the records of a text one after the other, so that a large file can be read in steps. Lines may end with CRLF, LF
 * or CR; empty lines are left out; a byte order mark at the beginning is not part of the first cell.
 */
export function* readCsv(text: string, delimiter: CsvDelimiter): Generator<CsvRecord, void> {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  for (let line = 1; at < text.length;) {
    const record = readRecord(text, at, delimiter);
    const isEmpty = record.fault === null && record.cells.length === 1 && record.cells[0] === "";
    if (!isEmpty) yield { line, cells: record.cells, fault: record.fault };
    at = record.next;
    line += record.lines;
  }
}

/** The delimiter under which the first records have the same number of cells, the more the better; a comma when none fits. */
export function guessDelimiter(text: string): CsvDelimiter {
  let best: { readonly delimiter: CsvDelimiter; readonly score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const counts: number[] = [];
    for (const record of readCsv(text, delimiter)) {
      counts.push(record.cells.length);
      if (counts.length === GUESS_RECORDS) break;
    }
    const [first = 0] = counts;
    const same = counts.filter((count) => count === first).length;
    const score = first < 2 ? 0 : (same / counts.length) * first;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** What a spreadsheet would run as a formula when it stands at the beginning of a cell. */
const FORMULA = /^[=+\-@\t\r]/;
/** A signed number, e.g. a phone number, begins like a formula and is none. */
const SIGNED_NUMBER = /^[+-]\d[\d.,]*$/;
const GUARDED = /^'(?=[=+\-@\t\r])/;

/** One line of a file for spreadsheets, with its end. A cell that would be run as a formula is guarded by an apostrophe. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cellOf).join(",")}\r\n`;

function cellOf(text: string): string {
  const safe = FORMULA.test(text) && !SIGNED_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A cell as it was before {@link csvLine} guarded it. */
export const unguarded = (cell: string): string => cell.replace(GUARDED, "");

type ReadRecord = { readonly cells: readonly string[]; readonly fault: CsvFault | null; readonly next: number; readonly lines: number };
type ReadCell = { readonly cell: string; readonly end: number; readonly fault: CsvFault | null };

function readRecord(text: string, from: number, delimiter: CsvDelimiter): ReadRecord {
  const cells: string[] = [];
  let fault: CsvFault | null = null;
  for (let at = from; ;) {
    const read = text[at] === '"' ? readQuoted(text, at, delimiter) : readPlain(text, at, delimiter);
    cells.push(read.cell);
    fault ??= read.fault;
    if (text[read.end] === delimiter) { at = read.end + 1; continue; }
    const next = read.end + (text.startsWith("\r\n", read.end) ? 2 : 1);
    return { cells, fault, next, lines: countLines(text, from, Math.min(next, text.length)) };
  }
}

function readPlain(text: string, from: number, delimiter: string): ReadCell {
  const end = endOfCell(text, from, delimiter);
  const cell = text.slice(from, end);
  return { cell, end, fault: cell.includes('"') ? "quote-inside" : null };
}

function readQuoted(text: string, from: number, delimiter: string): ReadCell {
  let cell = "";
  for (let at = from + 1; ;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return { cell: cell + text.slice(at), end: text.length, fault: "unclosed-quote" };
    cell += text.slice(at, quote);
    if (text[quote + 1] === '"') { cell += '"'; at = quote + 2; continue; }
    const end = endOfCell(text, quote + 1, delimiter);
    return { cell, end, fault: end === quote + 1 ? null : "text-after-quote" };
  }
}

const LF = 10;
const CR = 13;

function endOfCell(text: string, from: number, delimiter: string): number {
  const stop = delimiter.charCodeAt(0);
  for (let end = from; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === stop || code === LF || code === CR) return end;
  }
  return text.length;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i);
    if (code === LF || (code === CR && text.charCodeAt(i + 1) !== LF)) lines += 1;
  }
  return lines;
}
