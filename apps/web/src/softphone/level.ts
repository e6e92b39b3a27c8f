// How loud a stream is, for a meter.

/** The meter moves this often at most. */
const FRAME_MS = 60;
/** Decibels below full scale that show as nothing. */
const FLOOR_DB = 60;

/** Decibels of a level that {@link meterLevel} has reported. */
export const levelDb = (level: number): number => (level - 1) * FLOOR_DB;

/** Reports the level of `stream`, 0 to 1, until the result is called. Does nothing while the page is hidden. */
export function meterLevel(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let frame = 0;
  let last = 0;
  const measure = (at: number): void => {
    frame = requestAnimationFrame(measure);
    if (at - last < FRAME_MS) return;
    last = at;
    analyser.getFloatTimeDomainData(samples);
    let power = 0;
    for (const sample of samples) power += sample * sample;
    const db = 10 * Math.log10(power / samples.length + 1e-12);
    onLevel(Math.min(1, Math.max(0, 1 + db / FLOOR_DB)));
  };
  frame = requestAnimationFrame(measure);
  return () => {
    cancelAnimationFrame(frame);
    source.disconnect();
    void context.close();
  };
}
