// What the operator sees: few lines, each a sentence. Colour only on a terminal.

export type Terminal = {
  readonly line: (text: string) => void;
  readonly warn: (source: string, text: string) => void;
  readonly error: (source: string, text: string) => void;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
};
export type Output = { readonly isTTY?: boolean; write(text: string): unknown };

const ESC = "\u001b[";
const RESET = `${ESC}0m`;
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** `now` gives the time of day of warnings and errors. */
export function createTerminal(output: Output, env: { readonly NO_COLOR?: string | undefined }, now: () => Date): Terminal {
  const coloured = output.isTTY === true && (env.NO_COLOR ?? "") === "";
  const paint = (code: string) => (text: string) => (coloured ? `${ESC}${code}m${text}${RESET}` : text);
  const [bold, dim, yellow, red] = [paint("1"), paint("2"), paint("33"), paint("31")];
  const notice = (mark: string, source: string, text: string): void => {
    const time = now().toTimeString().slice(0, 8);
    output.write(`${dim(time)} ${mark} ${source.padEnd(10)} ${text.replace(CONTROL_CHARACTERS, " ")}\n`);
  };
  return {
    line: (text) => void output.write(`${text}\n`),
    warn: (source, text) => notice(yellow("warning"), source, text),
    error: (source, text) => notice(red("error  "), source, text),
    bold, dim,
  };
}
