/** Numbers as people read them, the same in every output. */
import { formatDuration, millis } from "../../domain/time.ts";

/** `1m6s`; `0s` for nothing at all. */
export const duration = (lengthMillis: number): string =>
  lengthMillis < 500 ? "0s" : formatDuration(millis(Math.round(lengthMillis / 1000) * 1000));

/** `12,345`. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** At most two digits after the point, and more where there would be none but zeros. */
export function number(value: number): string {
  if (value === 0) return "0";
  const rounded = Math.abs(value) >= 0.1 ? Number(value.toFixed(value >= 10 ? 1 : 2)) : Number(value.toPrecision(1));
  return String(rounded);
}

export const percent = (value: number): string => `${number(value)} %`;

/** `1 run`, `3 runs`. */
export const some = (amount: number, one: string, many = `${one}s`): string =>
  `${count(amount)} ${amount === 1 ? one : many}`;
