import { z } from "zod";

/** NIST SP 800-63B-4: 15 characters for a single factor, no composition rules. */
export const MIN_PASSWORD_CHARS = 15;
export const MAX_PASSWORD_CHARS = 200;

export const password = z.string().min(MIN_PASSWORD_CHARS, `Use at least ${MIN_PASSWORD_CHARS} characters`).max(MAX_PASSWORD_CHARS);
