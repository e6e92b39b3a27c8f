// A real Chromium whose microphone plays a tone, and ears to measure what the page's person hears.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { RATE, wavTone } from "./sound.ts";
import { scratch } from "./scratch.ts";

const QUIET = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
  // Timers of a page that no one looks at would be slowed down; a desktop in a background tab still rings by its socket.
  "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
];

export interface Person { readonly browser: Browser; readonly context: BrowserContext; readonly page: Page; readonly close: () => Promise<void> }

export interface PersonOptions {
  readonly baseUrl: string;
  /** What the person "says": a steady tone. */
  readonly hz: number;
  /** Whether the microphone may be used. */
  readonly microphone?: "granted" | "denied";
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
}

/** Starts a browser of its own, since the fake microphone belongs to the whole browser. */
export async function openPerson(options: PersonOptions): Promise<Person> {
  const voice = join(await scratch("voice"), "voice.wav");
  await writeFile(voice, wavTone(options.hz, 10));
  const denied = options.microphone === "denied";
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...QUIET, "--use-fake-device-for-media-stream", ...(denied ? ["--deny-permission-prompts"] : ["--use-fake-ui-for-media-stream"]), `--use-file-for-fake-audio-capture=${voice}`],
  });
  const context = await browser.newContext({
    baseURL: options.baseUrl, viewport: options.viewport ?? { width: 1_280, height: 800 },
    colorScheme: options.colorScheme ?? "light", ignoreHTTPSErrors: true, permissions: denied ? [] : ["microphone"],
  });
  // A steady tone is what noise suppression exists to remove, so the tests listen without it.
  await context.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const real = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (wanted) => real(wanted?.audio
      ? { ...wanted, audio: { ...(typeof wanted.audio === "object" ? wanted.audio : {}), echoCancellation: false, noiseSuppression: false, autoGainControl: false } }
      : wanted);
  });
  const page = await context.newPage();
  return { browser, context, page, close: () => browser.close() };
}

/** Keeps everything that the page's remote audio (or another element) plays, from now on, until `stop`. */
export async function listen(page: Page, testId = "remote-audio"): Promise<{ readonly stop: () => Promise<Int16Array> }> {
  const element = `[data-testid=${testId}]`;
  await page.waitForFunction((where) => (document.querySelector<HTMLAudioElement>(where)?.srcObject as MediaStream | null)?.getAudioTracks()[0]?.readyState === "live", element, { timeout: 10_000 });
  await page.evaluate(({ rate, where }) => {
    type Frame = { numberOfFrames: number; sampleRate: number; copyTo: (to: Float32Array, how: object) => void; close: () => void };
    const stream = document.querySelector<HTMLAudioElement>(where)!.srcObject as MediaStream;
    const track = stream.getAudioTracks()[0]!;
    const Processor = (globalThis as unknown as { MediaStreamTrackProcessor: new (o: object) => { readable: ReadableStream<Frame> } }).MediaStreamTrackProcessor;
    const reader = new Processor({ track: track.clone(), maxBufferSize: 1_000 }).readable.getReader();
    const heard: number[] = [];
    const ears = { on: true, heard };
    (globalThis as unknown as { ears: typeof ears }).ears = ears;
    void (async () => {
      while (ears.on) {
        const { done, value } = await reader.read();
        if (done || !value) break;
        const block = new Float32Array(value.numberOfFrames);
        value.copyTo(block, { planeIndex: 0, format: "f32-planar" });
        const step = value.sampleRate / rate;
        for (let i = 0; i < block.length; i += step) heard.push(Math.round(block[Math.floor(i)]! * 32_767));
        value.close();
      }
      await reader.cancel();
    })();
  }, { rate: RATE, where: element });
  return {
    stop: async () => Int16Array.from(await page.evaluate(() => {
      const { ears } = globalThis as unknown as { ears: { on: boolean; heard: number[] } };
      ears.on = false;
      return ears.heard;
    })),
  };
}

/** Listens for so long. */
export async function hear(page: Page, ms: number, testId?: string): Promise<Int16Array> {
  const ears = await listen(page, testId);
  await page.waitForTimeout(ms);
  return ears.stop();
}
