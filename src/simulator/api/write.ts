import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { FieldValidation } from "./read.ts";
import type { Resource } from "./resource.ts";

/** One object, or where one is to be. */
export interface Place {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface WriteOptions {
  readonly manager: string;
  readonly isDryRun: boolean;
  readonly validation: FieldValidation;
  readonly subresource: "" | "status" | "scale";
}

export interface Written {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
  readonly isNew: boolean;
}

/** What a change of an object makes of it, as a client of this version would send it. */
export interface Change {
  readonly object: WireObject;
  /** Ownership that is settled already, as it is by server-side apply. */
  readonly managedFields?: readonly WireObject[];
  /** Whether this replaces the whole object, so that most kinds want to know which version is meant. */
  readonly isReplacement?: true;
  /** Whether it came of a patch: then what cannot be read is the patch's fault. */
  readonly isPatched?: true;
  /** The strategic patch that it came of: the server quotes that, where it quotes the object of others. */
  readonly strategic?: WireObject;
}
