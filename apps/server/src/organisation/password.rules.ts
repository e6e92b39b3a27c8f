/** The passwords that guessers try first and that are long enough to pass, in lower case without spaces and marks. */
const COMMON = new Set([
  "passwordpassword", "password12345678", "password123456789", "123456789012345", "1234567890123456", "qwertyuiopasdfgh", "qwertyuiopasdfghjkl",
  "letmeinletmein", "letmeinletmeinletmein", "iloveyouiloveyou", "adminadminadmin", "welcomewelcome1", "correcthorsebatterystaple", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz",
]);
/** Fewer different characters than this make a password guessable at any length. */
const MIN_DIFFERENT_CHARS = 5;

/** Why a password is too easy to guess, in words for the person who chose it; null when it is not (NIST SP 800-63B-4 §3.1.1.2). */
export function passwordWeakness(password: string, context: readonly string[]): string | null {
  const plain = password.toLowerCase().replace(/[\s._-]/g, "");
  if (new Set(plain).size < MIN_DIFFERENT_CHARS) return "Use more different characters";
  if (COMMON.has(plain)) return "This password is among the first that are guessed";
  const own = context.map((word) => word.toLowerCase().replace(/[\s._-]/g, "")).filter((word) => word.length >= 4);
  if (own.some((word) => plain.replaceAll(word, "").length < plain.length / 3)) return "This password is mostly your own name or address";
  return null;
}
