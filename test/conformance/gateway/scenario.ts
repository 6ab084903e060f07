/** What a scenario of the suite says, and the words that scenarios are said with. */
import type { Manifest } from "./mesh.ts";
import { to } from "./scene.ts";

export interface Want {
  readonly status?: number;
  readonly version?: string;
  readonly body?: string;
  /** Of the response; undefined for one that must not be there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What the pod saw. */
  readonly seen?: Readonly<Record<string, string | undefined>>;
  /** How many times pods saw it. */
  readonly tries?: number;
  readonly fasterThan?: number;
  readonly slowerThan?: number;
}

export interface Scenario {
  /** Rules of a VirtualService of one host; or whole objects. */
  readonly http?: readonly unknown[];
  readonly objects?: readonly Manifest[];
  /** Path or request, and what is wanted. */
  readonly asks: readonly (readonly [AskPart, Want])[];
}

export interface AskPart {
  readonly host?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const one: Want = { status: 200, version: "1" };
export const two: Want = { status: 200, version: "2" };
export const none: Want = { status: 404 };

/** Rule 1 goes to version 2, all else to version 1. */
export const matching = (match: unknown): readonly unknown[] => [to("two", { match: [match] }), to("one")];
export const path = (text: string, headers?: Readonly<Record<string, string>>): AskPart => ({
  path: text,
  ...(headers ? { headers } : {}),
});
export const header = (name: string, value: string): AskPart => ({ headers: { [name]: value } });
export const play = (text: string): AskPart => header("x-play", text);
