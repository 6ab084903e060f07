import type { Random } from "../../runtime/random.ts";

/** A version 4 UUID of the given dice, so that simulated lives repeat. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random.next() * 16).toString(16));
  hex[12] = "4";
  hex[16] = (8 + Math.floor(random.next() * 4)).toString(16);
  const text = hex.join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
