import type { WireObject } from "../../../resources/wire.ts";
import { textAt } from "../../api/json.ts";
import { type Backend, byPorts, targetRef } from "./backends.ts";

/** The older form of the same: one object a Service, without those that are about to end. */
export function subsetsOf(backends: readonly Backend[]): readonly WireObject[] {
  const staying = backends.filter(({ isTerminating }) => !isTerminating);
  return [...byPorts(staying).values()].map((group) => {
    const addresses = group.filter(({ isReady }) => isReady).map(addressOf);
    const notReadyAddresses = group.filter(({ isReady }) => !isReady).map(addressOf);
    return {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ports: (group[0]?.ports ?? []).map(({ name, ...port }) => (name === "" ? port : { name, ...port })),
    };
  });
}

function addressOf({ pod, address }: Backend): WireObject {
  const nodeName = textAt(pod, "spec", "nodeName");
  return { ip: address, ...(nodeName === undefined ? {} : { nodeName }), targetRef: targetRef(pod) };
}
