// Every limit of a call, in one place. Milliseconds unless the name says otherwise.

/** CALL-6: how long a call may last. */
export const MAX_CALL_MS = 4 * 60 * 60_000;
/** CALL-6: how long before that both sides are told. */
export const LIMIT_WARNING_MS = 60_000;
/** How long an agent's audio may take to arrive after accepting, or to come back (CALL-12). */
export const AGENT_CONNECT_MS = 30_000;
/** How long the switch may take to answer an incoming leg. */
export const ANSWER_MS = 20_000;
/** A greeting that has not ended by then is left behind: the call enters its queue. */
export const MAX_GREETING_MS = 120_000;
/** How long a customer's phone rings on an outbound call before the carrier is told to stop. */
export const RING_MS = 60_000;
/** An outbound call of which nothing has been heard for so long has failed. */
export const DIAL_GUARD_MS = RING_MS + 15_000;
/** How long a call that is over waits for the last word about its legs and its recordings. */
export const SETTLE_MS = 60_000;
/** Live calls in one server; the next one is told that all lines are busy. */
export const MAX_LIVE_CALLS = 2_000;
/** Agent legs of one call: each reconnection after a lost leg makes one. */
export const MAX_LEGS = 50;
/** Offers that a call remembers; older ones stay in the facts only. */
export const MAX_OFFERS = 100;
/** Keypad digits that the agent's page shows again. */
export const MAX_SHOWN_DIGITS = 32;
/** How long a call whose greeting is over waits to learn who calls, when a rule may depend on it. */
export const IDENTIFY_WAIT_MS = 1_000;
/** How long a voicemail greeting or a last word may take; then the call goes on without it. */
export const MAX_PROMPT_MS = 60_000;
/** How long a voicemail message may be, and how short it is no message. */
export const MAX_MESSAGE_MS = 180_000;
export const MIN_MESSAGE_MS = 1_000;
/** How long a callback waits for an agent, and when a customer who did not answer it is called again. */
export const CALLBACK_LIFE_MS = 4 * 60 * 60_000;
export const CALLBACK_AGAIN_MS = 5 * 60_000;
/** How often a customer is called back before the call counts as missed. */
export const MAX_CALLBACK_ATTEMPTS = 2;
/** The pause after a menu in which a key may still be pressed. */
export const MENU_WAIT_MS = 5_000;
