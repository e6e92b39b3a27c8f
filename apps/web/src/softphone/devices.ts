// Which microphone, speaker and ring device are used in this browser (CALL-9). The empty id is the system's own choice.
import { createListeners } from "../machine/run-machine.ts";

export type DeviceRole = "microphone" | "speaker" | "ring";
export interface Device { readonly id: string; readonly name: string }

const keyOf = (role: DeviceRole): string => `ringdesk.device.${role}`;
const listeners = createListeners();

export const chosenDevice = (role: DeviceRole): string => localStorage.getItem(keyOf(role)) ?? "";
export function chooseDevice(role: DeviceRole, id: string): void {
  if (id === "") localStorage.removeItem(keyOf(role));
  else localStorage.setItem(keyOf(role), id);
  listeners.tell();
}
/** Told when a choice changes in this tab. */
export const onDeviceChosen = listeners.subscribe;

/** Browsers list what they call the default a second time, under its own name. */
const isReal = ({ deviceId }: MediaDeviceInfo): boolean => deviceId !== "" && deviceId !== "default" && deviceId !== "communications";

/** What can be chosen now; without permission for the microphone the lists are empty. */
export async function listDevices(): Promise<{ readonly microphones: readonly Device[]; readonly speakers: readonly Device[] }> {
  const all = "mediaDevices" in navigator ? await navigator.mediaDevices.enumerateDevices() : [];
  const of = (kind: MediaDeviceKind, word: string): readonly Device[] => all.filter((device) => device.kind === kind && isReal(device))
    .map(({ deviceId, label }, index) => ({ id: deviceId, name: label === "" ? `${word} ${index + 1}` : label }));
  return { microphones: of("audioinput", "Microphone"), speakers: of("audiooutput", "Speaker") };
}

/** Safari has no choice of speakers. */
type Sink = { readonly setSinkId?: (id: string) => Promise<void> };
export const canChooseSpeaker = (): boolean => typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;

/** Plays through the chosen device; one that is unplugged gives way to the system's own. */
export async function playThrough(audio: HTMLMediaElement | AudioContext, role: "speaker" | "ring"): Promise<void> {
  const sink = audio as Sink;
  try {
    await sink.setSinkId?.(chosenDevice(role));
  } catch {
    await sink.setSinkId?.("").catch(() => undefined);
  }
}
