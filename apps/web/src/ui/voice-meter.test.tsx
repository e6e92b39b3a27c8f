import { MantineProvider } from "@mantine/core";
import { createElement, createRef } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { fullness, VoiceMeter, type VoiceMeterHandle } from "./voice-meter.tsx";

describe("CALL-5 the meter of a voice", () => {
  test("is empty for silence, and for a level that nobody knows, and full at full scale", () => {
    expect([null, -127, -60, -45, -30, -15, 0].map(fullness)).toEqual([0, 0, 0, 25, 50, 75, 100]);
  });
  test("is a meter with a name, not announced by itself", () => {
    const html = renderToStaticMarkup(createElement(MantineProvider, null, createElement(VoiceMeter, { ref: createRef<VoiceMeterHandle>(), label: "Your voice", testId: "m" })));
    expect(html).toMatch(/<div[^>]*role="meter"[^>]*>/);
    for (const attribute of ['aria-label="Your voice"', 'aria-valuemin="0"', 'aria-valuemax="100"', 'aria-valuenow="0"']) expect(html).toContain(attribute);
    expect(html).not.toContain("aria-live");
  });
});
