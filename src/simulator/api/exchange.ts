import type { Method } from "../../runtime/transport.ts";

export interface ApiRequest {
  readonly method: Method;
  /** Absolute, with encoded segments, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** A JSON value; or the text of one, or bytes that are either such a text or protobuf. */
  readonly body?: unknown;
  /** Defaults to `application/json`. */
  readonly contentType?: string | undefined;
  /** Defaults to `application/json`. */
  readonly accept?: string | undefined;
  /** Who asks: the field manager where the query names none is the part before the first slash. */
  readonly user?: string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  /** A JSON value, a text, or bytes. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly warnings?: readonly string[];
}
