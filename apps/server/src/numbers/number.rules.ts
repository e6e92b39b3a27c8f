// What people type as a number. Pure.
import { err, ok, type E164, type Result } from "@ringdesk/std";
import { parsePhoneNumberFromString, parsePhoneNumberWithError, ParseError, validatePhoneNumberLength, type CountryCode } from "libphonenumber-js/max";
import type { NumberInvalid } from "./numbers.ports.ts";

/** What is longer is no phone number, whatever it contains. */
const MAX_INPUT_CHARS = 64;
/**
 * Three-digit codes of the North American Numbering Plan that are no subscriber numbers: N11 and 988. They must be
 * seen before parsing, which takes them for numbers that are too short.
 */
const SERVICE_CODE = /^([2-9]11|933|988)$/;

/**
 * Understands a number as it is written in a country: spaces, brackets, dashes, with or without the country code.
 * `country` is ISO 3166 alpha-2, e.g. `US`. An emergency or service code is refused by name: this system does not
 * connect it.
 */
export function parseNumber(input: string, country: string): Result<E164, NumberInvalid> {
  const no = (why: NumberInvalid["why"]) => err<NumberInvalid>({ type: "number-invalid", input, why });
  if (input.length > MAX_INPUT_CHARS || !/\d/.test(input)) return no("no-number");
  if (SERVICE_CODE.test(input.replace(/[\s().-]/g, ""))) return no("emergency");
  const typed = onKeypad(input);
  try {
    const parsed = parsePhoneNumberWithError(typed, { defaultCountry: country as CountryCode, extract: false });
    if (!parsed.isPossible()) return no(whyRefused[validatePhoneNumberLength(typed, country as CountryCode) ?? ""] ?? "not-assigned");
    if (parsed.ext !== undefined || !parsed.isValid()) return no("not-assigned");
    return ok(parsed.number as string as E164);
  } catch (e) {
    if (!(e instanceof ParseError)) throw e;
    return no(whyRefused[e.message] ?? "no-number");
  }
}

/** The same, with why it was refused in words for whoever typed it. */
export function readNumber(input: string, country: string): Result<E164, string> {
  const number = parseNumber(input, country);
  return number.ok ? number : err(numberInvalidWords[number.error.why]);
}

/** A number in words for a person: `+1 202 555 0123`. */
export const shownNumber = (number: E164): string => parsePhoneNumberFromString(number)?.formatInternational() ?? number;

/** A number of the North American Numbering Plan that ends in a word: 1-800-FLOWERS. */
const VANITY = /^(?:\+?1[\s.-]*)?\(?[2-9]\d\d\)?[\s.-]*(?=[A-Za-z\d-]*[A-Za-z]{3})[A-Za-z\d-]{7,12}$/;
/** ITU-T E.161: the letters of the keys 2 to 9. */
const KEYS = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"] as const;

const onKeypad = (input: string): string => (VANITY.test(input.trim())
  ? input.replace(/[a-z]/gi, (letter) => String(2 + KEYS.findIndex((key) => key.includes(letter.toLowerCase()))))
  : input);

const whyRefused: Readonly<Record<string, NumberInvalid["why"]>> = {
  NOT_A_NUMBER: "no-number", INVALID_COUNTRY: "wrong-country", TOO_SHORT: "too-short", TOO_LONG: "too-long", INVALID_LENGTH: "too-short",
};

/** Why a number was refused, in words for the person who typed it. */
export const numberInvalidWords: Readonly<Record<NumberInvalid["why"], string>> = {
  "no-number": "That is not a phone number.",
  "too-short": "That number is too short.",
  "too-long": "That number is too long.",
  "wrong-country": "No country has this country code.",
  "not-assigned": "No such number can exist. Check the digits.",
  "emergency": "Emergency and service codes cannot be called from here. Use a mobile phone or a landline.",
};
