import { describe, expect, it } from "vitest";
import { Numbering } from "./numbering";
import type { Frame } from "./types";

const frame = (topic: string, kind: string, n: number): Frame => ({ topic, kind, n, data: {} }) as unknown as Frame;
const heartbeat = (flow: number, market: number): Frame =>
  ({ topic: "", kind: "heartbeat", last: { flow, market, settlement: 0 }, now_ms: 0 }) as unknown as Frame;

describe("numbering", () => {
  it("takes a snapshot and what follows it, for each topic alone", () => {
    const numbering = new Numbering();
    for (const [topic, kind, n] of [
      ["flow", "snapshot", 7],
      ["market", "snapshot", 0],
      ["flow", "difference", 8],
      ["market", "difference", 1],
      ["flow", "difference", 9],
    ] as const) {
      expect(numbering.accept(frame(topic, kind, n))).toBe(true);
    }
    expect(numbering.accept(heartbeat(9, 1))).toBe(true);
  });

  it("finds a gap, a repeat and a difference without a snapshot", () => {
    for (const n of [9, 7, 6]) {
      const numbering = new Numbering();
      numbering.accept(frame("flow", "snapshot", 7));
      expect(numbering.accept(frame("flow", "difference", n))).toBe(false);
    }
    expect(new Numbering().accept(frame("flow", "difference", 1))).toBe(false);
  });

  it("finds in a heartbeat that the last frame is missing", () => {
    const numbering = new Numbering();
    numbering.accept(frame("flow", "snapshot", 7));
    expect(numbering.accept(heartbeat(8, 3))).toBe(false);
  });
});
