// Customers: who they are, the fields an organisation adds to them, merging and import (CRM-1, CRM-6).
import { z } from "zod";
import { customerId, e164, instant } from "../ids/index.ts";

/** The languages a customer can prefer (BCP 47), with the names people choose from. */
export const customerLanguages = {
  "nl": "Dutch", "en-CA": "English (CA)", "en-GB": "English (UK)", "en-US": "English (US)", "fr": "French", "fr-CA": "French (CA)", "de": "German",
  "it": "Italian", "ja": "Japanese", "ko": "Korean", "pl": "Polish", "pt-BR": "Portuguese (BR)", "pt-PT": "Portuguese (PT)",
  "zh-CN": "Simplified Chinese", "es": "Spanish", "es-ES": "Spanish (Spain)",
} as const;
export type CustomerLanguage = keyof typeof customerLanguages;
export const customerLanguage = z.enum(Object.keys(customerLanguages) as [CustomerLanguage, ...CustomerLanguage[]], "Choose one of the languages");

export const MAX_CUSTOMER_NUMBERS = 20;
export const MAX_CUSTOMER_EMAILS = 10;
export const MAX_CUSTOMER_TAGS = 30;
export const MAX_TAG_CHARS = 50;
/** Longest text of a custom field, in characters. */
export const MAX_FIELD_TEXT_CHARS = 500;

/** Whether a customer may be sent messages at a number; unknown until somebody has asked. */
export const messagingConsent = z.enum(["unknown", "yes", "no"]);
export type MessagingConsent = z.output<typeof messagingConsent>;

/** Values of custom fields by the field's key. A date is `YYYY-MM-DD`. */
export const customValues = z.record(z.string().max(64), z.union([z.string(), z.number(), z.boolean()]));
export type CustomValues = Readonly<z.output<typeof customValues>>;

export const customer = z.object({
  id: customerId, name: z.string().nullable(), numbers: z.array(e164), emails: z.array(z.string()), language: z.string().nullable(),
  vip: z.boolean(), tags: z.array(z.string()), createdAt: instant,
  /** Whoever hid their number when they called: nobody else, and not found by a number (CRM-1). */
  hiddenNumber: z.boolean(),
  /** Of the numbers somebody was asked about; the others are unknown. */
  consents: z.array(z.object({ number: e164, consent: z.enum(["yes", "no"]), at: instant })),
  custom: customValues,
}).meta({ id: "Customer" });
export type Customer = z.output<typeof customer>;

export const customerFieldKind = z.enum(["text", "number", "boolean", "date", "choice"]);
export type CustomerFieldKind = z.output<typeof customerFieldKind>;
/** A field that the organisation adds to its customers; criteria name it `customer.custom.<key>`. */
export const customerField = z.object({
  key: z.string(), name: z.string(), kind: customerFieldKind,
  /** What can be chosen; empty unless the kind is `choice`. */
  choices: z.array(z.string()),
  /** A retired field keeps its values and is no longer asked for. */
  retired: z.boolean(),
}).meta({ id: "CustomerField" });
export type CustomerField = z.output<typeof customerField>;
