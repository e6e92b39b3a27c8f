// A real Chromium with a page that makes one WebRTC call: an oscillator to say, an analyser to hear.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";

export const CHROMIUM = process.env["RINGDESK_CHROMIUM"] ?? "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required",
];

const PAGE = `<!doctype html><meta charset="utf-8"><title>call</title><script>
let pc, context, analyser, sender;
async function offer(hz) {
  pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  context ??= new AudioContext();
  await context.resume();
  const oscillator = context.createOscillator();
  oscillator.frequency.value = hz;
  const out = context.createMediaStreamDestination();
  oscillator.connect(out);
  oscillator.start();
  const transceiver = pc.addTransceiver(out.stream.getAudioTracks()[0], { direction: "sendrecv" });
  sender = transceiver.sender;
  transceiver.setCodecPreferences(RTCRtpSender.getCapabilities("audio").codecs.filter((codec) => codec.clockRate === 8000 && /PCMU|PCMA|telephone-event/i.test(codec.mimeType)));
  pc.ontrack = (event) => {
    const stream = new MediaStream([event.track]);
    const element = document.createElement("audio");
    element.muted = true;
    element.srcObject = stream;
    element.play();
    analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(stream).connect(analyser);
  };
  await pc.setLocalDescription(await pc.createOffer());
  return pc.localDescription.sdp;
}
const answer = (sdp) => pc.setRemoteDescription({ type: "answer", sdp });
function peak() {
  if (analyser === undefined) return { hz: 0, db: -200 };
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  let best = 4;
  for (let bin = 4; bin < bins.length; bin += 1) if (bins[bin] > bins[best]) best = bin;
  return { hz: best * context.sampleRate / analyser.fftSize, db: Number.isFinite(bins[best]) ? bins[best] : -200 };
}
const keys = (digits) => sender.dtmf.insertDTMF(digits, 100, 70);
const hangUp = () => pc.close();
</script>`;

export interface BrowserPage {
  readonly page: Page;
  /** Makes an offer and applies what `connect` answers. */
  readonly call: (hz: number, connect: (offerSdp: string) => Promise<string>) => Promise<void>;
  /** The strongest frequency that is heard, and how strong. */
  readonly peak: () => Promise<{ readonly hz: number; readonly db: number }>;
  readonly keys: (digits: string) => Promise<void>;
  readonly hangUp: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openBrowserPage(): Promise<BrowserPage> {
  const server: Server = createServer((_, response) => { response.setHeader("content-type", "text/html").end(PAGE); });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    call: async (hz, connect) => {
      const offer = await page.evaluate<string>(`offer(${hz})`);
      const answer = await connect(offer);
      await page.evaluate(`answer(${JSON.stringify(answer)})`);
    },
    peak: () => page.evaluate("peak()"),
    keys: (digits) => page.evaluate(`keys(${JSON.stringify(digits)})`),
    hangUp: () => page.evaluate("hangUp()"),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
