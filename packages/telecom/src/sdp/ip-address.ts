// IP addresses as far as RTP needs them: their family, and what kind of place they name.

/** `any` is 0.0.0.0 or ::, which in a c= line means "send me nothing"; `reserved` is multicast, broadcast and what nobody has. */
export type AddressKind = "host" | "any" | "loopback" | "link-local" | "reserved";
export type IpAddress = { readonly family: 4 | 6; readonly kind: AddressKind; readonly text: string };

const ipv4Mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** Reads an IP address; null for a name or anything else. An IPv4 address in IPv6 clothes (::ffff:192.0.2.1) is the IPv4 address. */
export function readIpAddress(text: string): IpAddress | null {
  const plain = ipv4Mapped.exec(text)?.[1] ?? text;
  const v4 = parseIpv4(plain);
  if (v4 !== null) return { family: 4, kind: kindOfIpv4(v4), text: v4.join(".") };
  const v6 = parseIpv6(text);
  return v6 === null ? null : { family: 6, kind: kindOfIpv6(v6), text: text.toLowerCase() };
}

function parseIpv4(text: string): readonly number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  // A leading zero is octal to some readers and decimal to others (CVE-2021-29921): refused.
  const numbers = parts.map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return numbers.every((n) => n <= 255) ? numbers : null;
}

function kindOfIpv4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): AddressKind {
  if (a === 0) return b + c + d === 0 ? "any" : "reserved";
  if (a === 127) return "loopback";
  if (a === 169 && b === 254) return "link-local";
  return a >= 224 ? "reserved" : "host";
}

/** The eight groups of an IPv6 address without zone; an embedded IPv4 tail is allowed. */
function parseIpv6(text: string): readonly number[] | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail === null ? null : parseIpv4(tail[2] ?? "");
  if (tail !== null && v4 === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = v4 ?? [];
  const hex = tail === null ? text : `${tail[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const halves = hex.split("::");
  if (halves.length > 2 || text.length > 45) return null;
  const [head, rest] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = [...(head ?? []), ...(rest ?? [])];
  if (!groups.every((g) => /^[0-9A-Fa-f]{1,4}$/.test(g))) return null;
  const missing = 8 - groups.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return null;
  const zeros: string[] = Array.from({ length: missing }, () => "0");
  return [...(head ?? []), ...zeros, ...(rest ?? [])].map((g) => Number.parseInt(g, 16));
}

function kindOfIpv6(groups: readonly number[]): AddressKind {
  const first = groups[0] ?? 0;
  if (groups.every((g) => g === 0)) return "any";
  if (groups.slice(0, 7).every((g) => g === 0) && groups[7] === 1) return "loopback";
  if ((first & 0xffc0) === 0xfe80) return "link-local";
  // Mapped and translated IPv4 in spellings that were not recognised above would lead around the IPv4 rules.
  if ((first & 0xff00) === 0xff00 || groups.slice(0, 5).every((g) => g === 0) || first === 0x64) return "reserved";
  return "host";
}
