import { describe, expect, it } from "vitest";
import type { Book, FlowFrame, Live, MarketFrame, SettlementFrame, Trade } from "../api/types";
import { foldFlow, foldMarket, foldSettlement } from "./fold";

const live = (member: string, grid: number): Live =>
  ({ member, at_ms: 1, grid_w: grid, solar_w: 0, battery_w: 0, soc_permil: -1, reachable: true, problem: "" }) as Live;
const flow = (kind: FlowFrame["kind"], n: number, ...homes: Live[]): FlowFrame =>
  ({ topic: "flow", kind, n, data: { now_ms: n, homes, parts: [] } }) as unknown as FlowFrame;
const book = (start: number, traded: number): Book =>
  ({ start, seconds: 900, gate_ms: 0, open: true, bids: [], asks: [], trades: 0, traded_wh: traded }) as unknown as Book;
const trade = (id: string): Trade => ({ id }) as Trade;
const market = (kind: MarketFrame["kind"], now: number, books: Book[], trades: Trade[]): MarketFrame =>
  ({ topic: "market", kind, n: 1, data: { now_ms: now, books, trades } }) as unknown as MarketFrame;

describe("flow", () => {
  it("replaces homes by member and keeps the rest", () => {
    const before = foldFlow(null, flow("snapshot", 1, live("a", 1), live("b", 2)));
    const after = foldFlow(before, flow("difference", 2, live("b", 3), live("c", 4)));
    expect(after.homes.map((home) => [home.member, home.grid_w])).toEqual([
      ["a", 1],
      ["b", 3],
      ["c", 4],
    ]);
    expect(after.now_ms).toBe(2);
  });

  it("forgets everything at a snapshot", () => {
    const before = foldFlow(null, flow("snapshot", 1, live("a", 1)));
    expect(foldFlow(before, flow("snapshot", 9, live("z", 1))).homes.map((home) => home.member)).toEqual(["z"]);
  });
});

describe("market", () => {
  it("is the same when a difference comes twice", () => {
    const before = foldMarket(null, market("snapshot", 0, [book(900, 1)], [trade("7.0")]));
    const change = market("difference", 10, [book(0, 5), book(900, 2)], [trade("9.0"), trade("8.0")]);
    const once = foldMarket(before, change);
    expect(foldMarket(once, change)).toEqual(once);
    expect(once.books.map((b) => [b.start, b.traded_wh])).toEqual([
      [0, 5],
      [900, 2],
    ]);
  });

  it("puts the newest trade first, by number and not by text", () => {
    const after = foldMarket(null, market("snapshot", 0, [], [trade("9.1"), trade("10.0"), trade("9.11"), trade("9.2")]));
    expect(after.trades.map((t) => t.id)).toEqual(["10.0", "9.11", "9.2", "9.1"]);
  });

  it("forgets books whose interval has ended", () => {
    const before = foldMarket(null, market("snapshot", 0, [book(0, 1), book(900, 1)], []));
    expect(foldMarket(before, market("difference", 900_000, [], [])).books.map((b) => b.start)).toEqual([900]);
  });
});

describe("settlement", () => {
  it("replaces intervals by start, newest first", () => {
    const frame = (kind: SettlementFrame["kind"], ...intervals: [number, string][]): SettlementFrame =>
      ({
        topic: "settlement",
        kind,
        n: 1,
        data: { intervals: intervals.map(([start, state]) => ({ start, state })) },
      }) as unknown as SettlementFrame;
    const before = foldSettlement(null, frame("snapshot", [900, "traded"], [0, "final"]));
    const after = foldSettlement(before, frame("difference", [1800, "traded"], [900, "posted"]));
    expect(after.intervals.map((i) => [i.start, i.state])).toEqual([
      [1800, "traded"],
      [900, "posted"],
      [0, "final"],
    ]);
  });
});
