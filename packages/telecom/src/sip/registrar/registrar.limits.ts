// What registrations may cost us, and how long they hold.

/** A shorter wish is refused with 423 (RFC 3261 §10.2.8): each renewal costs a transaction. */
export const MIN_EXPIRES_SEC = 60;
/** A longer wish is cut to this; the telephone reads in our answer what it got. */
export const MAX_EXPIRES_SEC = 3_600;
/** For telephones that wish nothing. */
export const DEFAULT_EXPIRES_SEC = 600;
/** Contacts of one number. One more takes the place of the oldest: a telephone that crashed comes back with a new one. */
export const MAX_CONTACTS = 4;
/** Contacts of all numbers; beyond it new ones get 503. */
export const MAX_ALL_CONTACTS = 1_000;
/** What can be registered: a telephone number, national or international. */
export const REGISTRABLE_NUMBER = /^\+?[0-9*#]{1,32}$/;
