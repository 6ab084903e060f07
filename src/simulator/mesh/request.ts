import type { Headers } from "./headerEdits.ts";

/** One request as it stands at a proxy. */
export interface MeshRequest {
  /** At the gateway, or at the sidecar of a client in the mesh. */
  readonly gateway: "ingress" | "mesh";
  /** Of the gateway's server, as its Gateway says it; in the mesh, of the Service that is called. */
  readonly port: number;
  /** Of the client, for short names in the mesh; `default` unless told otherwise. */
  readonly namespace?: string;
  /** `Host`, with its port if it came with one. */
  readonly host: string;
  readonly scheme: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Headers;
}
