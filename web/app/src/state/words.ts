import type { Line } from "../api/types";
import { energy, tariff } from "../units/format";
import { nano, price } from "../units/units";

/** A line of the ledger in plain words, seen from the home it belongs to. */
export function describe(line: Line, name: (party: string) => string, currency: string): string {
  const received = !(line.money_nano.startsWith("-") || line.tokens_wh < 0);
  const amount = energy(line.energy_wh);
  switch (line.leg) {
    case "trade":
      return `${received ? "Sold to" : "Bought from"} ${name(line.counterparty)} ${amount} at ${rate(line, currency)}`;
    case "residual-import":
      return `Bought from the grid ${amount} at ${rate(line, currency)}`;
    case "residual-export":
      return `Sold to the grid ${amount} at ${rate(line, currency)}`;
    case "network":
      return `Use of the network for ${amount}`;
    case "mint":
      return `Fed in ${amount}, as the meter says`;
    case "delivery":
      return received ? `Received from ${name(line.counterparty)} ${amount}` : `Delivered to ${name(line.counterparty)} ${amount}`;
  }
}

/** Price per kWh that the line was paid at: money over energy is exact, as both came from whole units. */
function rate(line: Line, currency: string): string {
  const paid = nano(line.money_nano);
  const size = paid < 0n ? -paid : paid;
  return tariff(price(line.energy_wh === 0 ? 0 : Number(size / BigInt(line.energy_wh))), currency);
}

/** Lines of one interval, money before tokens. */
export interface Group {
  start: number;
  lines: Line[];
}

/** Groups neighbouring lines of the same interval; otherwise in the order given. */
export function groups(lines: readonly Line[]): Group[] {
  const found: Group[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && last.start === line.start) last.lines.push(line);
    else found.push({ start: line.start, lines: [line] });
  }
  for (const group of found) group.lines.sort((a, b) => Number(a.money_nano === "0") - Number(b.money_nano === "0"));
  return found;
}
