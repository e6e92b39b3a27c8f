import { describe, expect, test } from "vitest";
import { createPeerLock, LEARN_PACKETS, LEARN_WINDOW_MS } from "./peer-lock.ts";
import { createRtpPorts, QUARANTINE_MS } from "./rtp-ports.ts";

describe("RTP ports", () => {
  test("even ports of the range, each once, back after the quarantine", () => {
    let now = 0;
    const ports = createRtpPorts({ first: 10_001, last: 10_006 }, () => now);
    expect([ports.take(), ports.take(), ports.take(), ports.take()]).toEqual([10_002, 10_004, 10_006, null]);
    ports.release(10_004);
    ports.release(10_004);
    ports.release(9);
    expect(ports.take()).toBeNull();
    now = QUARANTINE_MS;
    expect([ports.take(), ports.take(), ports.taken()]).toEqual([10_004, null, 3]);
  });
});

describe("whose RTP a leg hears", () => {
  const peer = { address: "192.0.2.1", port: 4_000 };
  const stranger = { address: "198.51.100.9", port: 5_000 };

  test("nobody's before the SDP exchange", () => {
    expect(createPeerLock().judge(peer.address, peer.port, 0)).toBe(false);
  });

  test("the negotiated peer's from its first packet, and then nobody else's", () => {
    const lock = createPeerLock();
    lock.negotiate(peer, 0);
    expect(lock.judge(peer.address, peer.port, 1)).toBe(true);
    for (let n = 0; n < 50; n += 1) expect(lock.judge(stranger.address, stranger.port, 2)).toBe(false);
    expect(lock.target()).toEqual(peer);
  });

  test("a peer behind a NAT is learned after some packets in a row, and then nobody else's", () => {
    const lock = createPeerLock();
    lock.negotiate(peer, 0);
    const judged = Array.from({ length: LEARN_PACKETS }, () => lock.judge(stranger.address, stranger.port, 1));
    expect(judged).toEqual([...Array.from({ length: LEARN_PACKETS - 1 }, () => false), true]);
    expect(lock.target()).toEqual(stranger);
    expect(lock.judge(peer.address, peer.port, 2)).toBe(false);
  });

  test("sources that take turns are never learned, nor is anybody after the window", () => {
    const lock = createPeerLock();
    lock.negotiate(peer, 0);
    for (let n = 0; n < 50; n += 1) expect(lock.judge(stranger.address, 5_000 + (n % 2), 1)).toBe(false);
    for (let n = 0; n < 50; n += 1) expect(lock.judge(stranger.address, 5_000, LEARN_WINDOW_MS)).toBe(false);
    expect(lock.judge(peer.address, peer.port, LEARN_WINDOW_MS)).toBe(true);
  });

  test("a re-INVITE to the same place keeps what was learned, one to another place starts anew", () => {
    const lock = createPeerLock();
    lock.negotiate(peer, 0);
    for (let n = 0; n < LEARN_PACKETS; n += 1) lock.judge(stranger.address, stranger.port, 1);
    lock.negotiate({ ...peer }, 100);
    expect(lock.target()).toEqual(stranger);
    lock.negotiate({ ...peer, port: 4_002 }, 200);
    expect([lock.locked(), lock.target()]).toEqual([false, { ...peer, port: 4_002 }]);
  });
});
