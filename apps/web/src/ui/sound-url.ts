/** A WAV from the API as something that a player can load. Whoever makes one revokes it. */
export const soundUrl = (base64: string): string => URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], { type: "audio/wav" }));
