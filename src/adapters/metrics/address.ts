import { rejected } from "./sample.ts";

/** Where a metrics server is; undefined for what is not an http or https URL. */
export function readAddress(address: string): URL | undefined {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** What comes of asking there. */
export const NO_ADDRESS = rejected("the address of the metrics server is not an http or https URL");
