// Keys pressed on a phone: RFC 4733 telephone-events both ways, and tones in the audio for peers that have no events.
export { EventReceiver } from "./event-receiver.ts";
export { EventSender, EVENT_BYTES, KEY_MS, KEY_GAP_MS, MAX_QUEUED_KEYS } from "./event-sender.ts";
export { ToneDetector } from "./tone-detector.ts";
export { keyOfEvent, eventOfKey, KEY_FREQUENCIES } from "./keys.ts";
