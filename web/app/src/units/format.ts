// The only place where quantities become text. Intl knows no kilowatt-hour, so units are appended.
import type { Milliseconds, Nano, Price, WattHours, Watts } from "./units";

const locale = "en-GB"; // the language of the page

const gap = "\u00a0"; // keeps a figure and its unit on one line

function digits(value: number, places: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: places, maximumFractionDigits: places }).format(value);
}

/** Whole number. */
export const count = (value: number): string => digits(value, 0);

/** Power without its sign: "420 W", "8.2 kW". */
export function power(value: Watts): string {
  const size = Math.abs(value);
  return size < 950 ? `${digits(Math.round(size / 10) * 10, 0)}${gap}W` : `${digits(size / 1000, 1)}${gap}kW`;
}

/** Energy to the Wh, in kWh: "0.412 kWh". */
export const energy = (value: WattHours): string => `${digits(value / 1000, 3)}${gap}kWh`;

/** Energy for a glance: "4.21 kWh". */
export const roughEnergy = (value: WattHours): string => `${digits(value / 1000, value < 100_000 ? 2 : 1)}${gap}kWh`;

/** Share of a whole: "64 %". */
export const share = (permil: number): string => `${digits(permil / 10, 0)}${gap}%`;

const hundredths: Readonly<Record<string, string>> = { EUR: "ct", USD: "¢", GBP: "p", CHF: "Rp." };

/** Name of a hundredth of the currency. */
export const hundredth = (currency: string): string => hundredths[currency] ?? `${currency}/100`;

/** Price per kWh in hundredths of the currency, without its unit: "18.20". */
export const bareTariff = (value: Price): string => digits(value / 10_000, 2);

/** Price per kWh in hundredths of the currency: "18.20 ct". */
export const tariff = (value: Price, currency: string): string => `${bareTariff(value)}${gap}${hundredth(currency)}`;

/** Divides and rounds half to even, as a payout does. */
export function divideHalfEven(value: bigint, by: bigint): bigint {
  const size = value < 0n ? -value : value;
  let quotient = size / by;
  const twice = 2n * (size % by);
  if (twice > by || (twice === by && quotient % 2n === 1n)) quotient += 1n;
  return value < 0n ? -quotient : quotient;
}

/** Balance in currency units: "€12.34". */
export function money(value: Nano, currency: string): string {
  const cents = Number(divideHalfEven(value, 10_000_000n));
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(cents / 100);
}

/** Change of a balance, with its sign; small ones in hundredths: "+7.50 ct", "−€1.20". */
export function change(value: Nano, currency: string): string {
  const size = (value < 0n ? -value : value) as Nano;
  const sign = value < 0n ? "\u2212" : "+";
  if (size >= 1_000_000_000n) return sign + money(size, currency);
  return `${sign}${digits(Number(divideHalfEven(size, 100_000n)) / 100, 2)}${gap}${hundredth(currency)}`;
}

/** Change of an energy balance, with its sign. */
export const energyChange = (value: WattHours): string =>
  (value < 0 ? "\u2212" : "+") + energy(Math.abs(value) as WattHours);

function instant(at: Milliseconds, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, zone === "" ? options : { ...options, timeZone: zone }).format(at);
}

/** Time of day at the street: "14:15". */
export const clock = (at: Milliseconds, zone: string): string =>
  instant(at, zone, { hour: "2-digit", minute: "2-digit" });

/** Time of day to the second. */
export const clockSeconds = (at: Milliseconds, zone: string): string =>
  instant(at, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Day at the street: "Sat 20 June". */
export const day = (at: Milliseconds, zone: string): string =>
  instant(at, zone, { weekday: "short", day: "numeric", month: "long" });

/** A delivery interval: "14:15 to 14:30". */
export const period = (start: Milliseconds, end: Milliseconds, zone: string): string =>
  `${clock(start, zone)} to ${clock(end, zone)}`;

/** A duration to come, to the second: "3:20". */
export function countdown(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const tail = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** A duration gone by, roughly: "40 s", "12 min". */
export function duration(passed: number): string {
  const seconds = Math.round(passed / 1000);
  if (seconds < 100) return `${seconds}${gap}s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)}${gap}min` : `${Math.round(seconds / 3600)}${gap}h`;
}
