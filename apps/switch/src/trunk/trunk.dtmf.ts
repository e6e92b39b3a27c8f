/** Event numbers of RFC 4733 for the keys that some senders write as numbers. */
const numbered: ReadonlyMap<string, string> = new Map([["10", "*"], ["11", "#"], ["12", "A"], ["13", "B"], ["14", "C"], ["15", "D"]]);

/** The key that a SIP INFO carries: `application/dtmf-relay` (a Signal= line) or `application/dtmf` (the key alone); null for anything else. */
export function readInfoKey(contentType: string | null, body: string): string | null {
  if (contentType === "application/dtmf") return keyOf(body);
  if (contentType !== "application/dtmf-relay") return null;
  return keyOf(/^[ \t]*Signal[ \t]*=([^\r\n]{0,16})/im.exec(body)?.[1] ?? "");
}

function keyOf(text: string): string | null {
  const word = text.trim().toUpperCase();
  const key = numbered.get(word) ?? word;
  return /^[0-9*#A-D]$/.test(key) ? key : null;
}
