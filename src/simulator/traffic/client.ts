import type { Headers } from "../mesh/headerEdits.ts";
import type { Shape } from "./shape.ts";

/** The users of one apex Service, as they reach it in one way. */
export interface Client {
  /** `namespace/name` of the apex Service, as batches name it. */
  readonly service: string;
  /** Through the ingress gateway, or from a pod in the mesh. */
  readonly gateway: "ingress" | "mesh";
  /** What they call: a host of a VirtualService, or the Service. */
  readonly host: string;
  /** Of the Gateway's server; in the mesh, of the Service. */
  readonly port: number;
  readonly shape: Shape;
  /** What they send, where it is more than `GET /`. */
  readonly mix?: readonly RequestKind[];
  /** Users of a service that has yet to be set up come once every proxy has a pod to send them to. */
  readonly comes?: "at once" | "once it is served";
}

export interface RequestKind {
  /** Of all requests of this client, in parts of whatever sum. */
  readonly share: number;
  readonly method?: string;
  readonly path?: string;
  /** Names in lower case. */
  readonly headers?: Headers;
}
