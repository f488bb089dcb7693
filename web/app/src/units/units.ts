declare const unit: unique symbol;

/** Energy in Wh: always a safe integer, never kWh, never a fraction. */
export type WattHours = number & { readonly [unit]: "Wh" };

/** Power in W. */
export type Watts = number & { readonly [unit]: "W" };

/** Price in 1e-6 currency units per kWh. */
export type Price = number & { readonly [unit]: "1e-6/kWh" };

/** Instant of the street's clock in Unix milliseconds. */
export type Milliseconds = number & { readonly [unit]: "ms" };

/** Money as it arrives: a decimal string of 1e-9 currency units. Compute with `nano`. */
export type NanoText = string & { readonly [unit]: "1e-9 text" };

/** Money in 1e-9 currency units. */
export type Nano = bigint & { readonly [unit]: "1e-9" };

/** A wire type whose fields have the unit that their names end in. */
export type Branded<T> = T extends readonly (infer U)[]
  ? Branded<U>[]
  : T extends object
    ? { [K in keyof T]: Field<K, T[K]> }
    : T;

type Field<K, V> = K extends `${string}_wh`
  ? WattHours
  : K extends `${string}_w`
    ? Watts
    : K extends `${string}_micro`
      ? Price
      : K extends `${string}_ms`
        ? Milliseconds
        : K extends `${string}_nano`
          ? NanoText
          : Branded<V>;

export const watts = (value: number): Watts => value as Watts;
export const wattHours = (value: number): WattHours => value as WattHours;
export const price = (value: number): Price => value as Price;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const nano = (text: string): Nano => BigInt(text) as Nano;

/** Unix seconds, as intervals begin, on the street's clock. */
export const fromSeconds = (seconds: number): Milliseconds => milliseconds(seconds * 1000);

/** Sum of powers. */
export const sumWatts = (values: Iterable<number>): Watts => {
  let sum = 0;
  for (const value of values) sum += value;
  return watts(sum);
};
