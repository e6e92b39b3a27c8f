// Getting a microphone, and telling why there is none.
import { err, ok, type Result } from "@ringdesk/std";
import { chosenDevice } from "./devices.ts";
import type { MicrophoneProblem } from "./softphone.machine.ts";

/** Kept in this browser: agents with a good headset turn the clean-up off. */
const CLEAN_UP_KEY = "ringdesk.microphone.clean-up";

/** Whether echo, noise and level are corrected by the browser (default: yes). */
export const cleansUp = (): boolean => localStorage.getItem(CLEAN_UP_KEY) !== "off";
export const setCleansUp = (on: boolean): void => { localStorage.setItem(CLEAN_UP_KEY, on ? "on" : "off"); };

/** A browser gives microphones to pages that came over HTTPS or from this machine only. */
export const canUseMicrophones = (): boolean => isSecureContext && typeof navigator.mediaDevices !== "undefined";

const problems: Readonly<Record<string, MicrophoneProblem>> = {
  NotAllowedError: "denied", SecurityError: "denied",
  NotFoundError: "no-device", OverconstrainedError: "no-device",
  NotReadableError: "in-use", AbortError: "in-use",
};

/** Opens the microphone; asks for permission if it was not given yet. */
export async function openMicrophone(): Promise<Result<MediaStream, MicrophoneProblem>> {
  if (!canUseMicrophones()) return err("other");
  const clean = cleansUp();
  const device = chosenDevice("microphone");
  try {
    return ok(await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean, channelCount: 1, ...(device === "" ? {} : { deviceId: { ideal: device } }) },
      video: false,
    }));
  } catch (thrown) {
    return err(problems[thrown instanceof Error ? thrown.name : ""] ?? "other");
  }
}

export const closeStream = (stream: MediaStream | null): void => { stream?.getTracks().forEach((track) => { track.stop(); }); };
