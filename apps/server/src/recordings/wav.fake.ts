/** A recording as the switch writes it: µ-law, two channels, 8 kHz. `says` is the length in its header. */
export function wavFile(data: Uint8Array, says: number = data.length): Uint8Array {
  const file = new Uint8Array(58 + data.length);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string): void => file.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, 50 + says, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, 7, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 16_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 8, true);
  text(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, says / 2, true);
  text(50, "data");
  view.setUint32(54, says, true);
  file.set(data, 58);
  return file;
}
