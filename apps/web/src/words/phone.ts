// Phone numbers as people write and read them. Inside the product they are E.164.
import type { E164 } from "@ringdesk/std";
import { AsYouType, isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";

const countryOf = (country: string): CountryCode => (isSupportedCountry(country) ? country : "US");

/** A number as its reader writes it: national when it is of the reader's country (calling code), international otherwise. */
export function formatNumber(number: string, country = "US"): string {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined) return number;
  const home = parsePhoneNumberFromString("2025550123", countryOf(country))?.countryCallingCode;
  return parsed.countryCallingCode === home ? parsed.formatNational() : parsed.formatInternational();
}

/** The next text of an input for numbers: laid out while somebody types at its end, left alone while they delete or mend. */
export const editNumber = (before: string, after: string, atEnd: boolean, country: string): string => (atEnd && after.length > before.length ? formatTyping(after, country) : after);

/** What was typed so far, laid out as a number of the country. What is no number stays as it is. */
export function formatTyping(typed: string, country: string): string {
  if (/[^\d\s()+.-]/.test(typed)) return typed;
  const formatted = new AsYouType(countryOf(country)).input(typed);
  return formatted === "" ? typed : formatted;
}

export type Entry =
  | { readonly kind: "empty" }
  /** Could still become a number. */
  | { readonly kind: "unfinished"; readonly why: string }
  | { readonly kind: "invalid"; readonly why: string }
  | { readonly kind: "valid"; readonly number: E164; readonly shown: string; readonly international: boolean };

const reasons = {
  INVALID_COUNTRY: "No country has this code",
  NOT_A_NUMBER: "That is not a phone number",
  TOO_SHORT: "Not a phone number yet: too short",
  TOO_LONG: "Too long for a phone number",
  INVALID_LENGTH: "That is not the length of a phone number",
} as const;

/** Understands a number in any usual form, for a country (CALL-1). */
export function readNumber(typed: string, country: string): Entry {
  const text = typed.trim();
  if (text === "") return { kind: "empty" };
  const code = countryOf(country);
  if (!/\d/.test(text) || /[^\d\s()+.\-/;=a-zA-Z]/.test(text)) return { kind: "invalid", why: reasons.NOT_A_NUMBER };
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: code, extract: false });
  if (parsed === undefined) {
    const digits = text.replace(/\D/g, "").length;
    return digits < 7 && !/[a-zA-Z]/.test(text) ? { kind: "unfinished", why: reasons.TOO_SHORT } : { kind: "invalid", why: digits > 15 ? reasons.TOO_LONG : reasons.NOT_A_NUMBER };
  }
  if (!parsed.isPossible()) {
    const digits = parsed.nationalNumber.length;
    return digits < 10 ? { kind: "unfinished", why: reasons.TOO_SHORT } : { kind: "invalid", why: reasons.TOO_LONG };
  }
  if (!parsed.isValid()) return { kind: "invalid", why: "This number does not exist" };
  const home = parsePhoneNumberFromString("2025550123", code)?.countryCallingCode ?? "1";
  return { kind: "valid", number: parsed.number as string as E164, shown: parsed.countryCallingCode === home ? parsed.formatNational() : parsed.formatInternational(), international: parsed.countryCallingCode !== home };
}
