// How frames add up. What a difference holds replaces what was known under the same key, so a repeat is harmless.
import type { Flow, FlowFrame, Interval, Market, MarketFrame, Settlement, SettlementFrame, Trade } from "../api/types";

const shownTrades = 40;
const shownIntervals = 24;

function merge<T, K>(old: readonly T[], changes: readonly T[], key: (value: T) => K): T[] {
  const merged = new Map(old.map((value) => [key(value), value]));
  for (const value of changes) merged.set(key(value), value);
  return [...merged.values()];
}

export function foldFlow(old: Flow | null, frame: FlowFrame): Flow {
  if (frame.kind === "snapshot" || old === null) return frame.data;
  return {
    now_ms: frame.data.now_ms,
    homes: merge(old.homes, frame.data.homes, (home) => home.member),
    parts: merge(old.parts, frame.data.parts, (part) => part.name),
  };
}

/** Books are forgotten when their interval has ended. */
export function foldMarket(old: Market | null, frame: MarketFrame): Market {
  const base = frame.kind === "snapshot" || old === null ? { books: [], trades: [] } : old;
  const now = frame.data.now_ms;
  return {
    now_ms: now,
    books: merge(base.books, frame.data.books, (book) => book.start)
      .filter((book) => (book.start + book.seconds) * 1000 > now)
      .sort((a, b) => a.start - b.start),
    trades: merge(base.trades, frame.data.trades, (trade) => trade.id)
      .sort(newestFirst)
      .slice(0, shownTrades),
  };
}

/** Trade ids are sequence.index of the market's log. */
function newestFirst(a: Trade, b: Trade): number {
  const [sequenceA = 0, indexA = 0] = a.id.split(".").map(Number);
  const [sequenceB = 0, indexB = 0] = b.id.split(".").map(Number);
  return sequenceB - sequenceA || indexB - indexA;
}

export function foldSettlement(old: Settlement | null, frame: SettlementFrame): Settlement {
  const base: readonly Interval[] = frame.kind === "snapshot" || old === null ? [] : old.intervals;
  return {
    intervals: merge(base, frame.data.intervals, (interval) => interval.start)
      .sort((a, b) => b.start - a.start)
      .slice(0, shownIntervals),
  };
}
