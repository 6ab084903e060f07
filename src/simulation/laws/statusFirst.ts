import { textAt } from "../../simulator/api/json.ts";
import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { changes, replicasOf } from "./objects.ts";
import type { Rollout } from "./rollouts.ts";
import { sharesOf } from "./route.ts";

/** In which stages the target may be given pods, and may lose them; and in which the primary may be made anew. */
const SCALES_UP = new Set(["Warming", "Baking", "Handing", "Replacing", "Returning", "Terminating"]);
const SCALES_TO_ZERO = new Set(["Adopting", "Draining", "Retreating"]);
const COPIES = new Set(["Copying", "Replacing"]);
/** Where routes are made and taken back as wholes, and no share is said. */
const LEAVING = new Set(["Terminating", "GivingBack"]);

/** Nothing is done to the world that the status did not say first: whoever comes next must know what is under way. */
export class StatusFirst implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote(write: WriteSeen): void {
    const { rollouts, roleOf } = this.#bench;
    if (roleOf(write.user) !== "controller") return;
    const { kind, namespace, name } = write;
    if (kind === "VirtualService")
      for (const rollout of rollouts.ofService(namespace, name)) this.#route(rollout, write);
    if (kind !== "Deployment") return;
    for (const rollout of rollouts.ofTarget(namespace, name)) this.#target(rollout, write);
    for (const rollout of rollouts.ofPrimary(namespace, name)) this.#primary(rollout, write);
  }

  #route(rollout: Rollout, { before, after, atMillis }: WriteSeen): void {
    const { says, service, key } = rollout;
    const [had, has] = [sharesOf(before, service), sharesOf(after, service)];
    if (has === undefined || has.canary === had?.canary || LEAVING.has(says.stage)) return;
    // Whole weights beside somebody else's destination come near, not there.
    if (Math.abs(has.canary - says.weight) < 1.5) return;
    const said = `the status says ${says.weight}% (${says.stage})`;
    this.#tell(`the route of ${key} gives the canary ${Math.round(has.canary)}% while ${said}`, atMillis);
  }

  #target({ says, key }: Rollout, write: WriteSeen): void {
    const { before, after, atMillis } = write;
    if (before === undefined || after === undefined || !changes(write, "spec", "replicas")) return;
    const count = replicasOf(after);
    if ((count === 0 ? SCALES_TO_ZERO : SCALES_UP).has(says.stage)) return;
    this.#tell(`the target of ${key} is scaled to ${count} while the status says ${says.stage}`, atMillis);
  }

  #primary({ says, key }: Rollout, write: WriteSeen): void {
    const { after, atMillis } = write;
    if (after === undefined || !changes(write, "spec", "template")) return;
    const revision = textAt(after.metadata, "annotations", "serin.dev/revision");
    if (COPIES.has(says.stage) && revision === says.applied) return;
    const said = `the status says ${says.stage} of ${says.applied}`;
    this.#tell(`the primary of ${key} is made from revision ${revision} while ${said}`, atMillis);
  }
}
