import type { WireObject } from "../../../resources/wire.ts";
import { at, metadataOf, numberAt, objectAt, objectsAt, textAt } from "../json.ts";
import type { Column } from "../resource.ts";
import { ageOf } from "./age.ts";

const statuses = (pod: WireObject): readonly WireObject[] => objectsAt(pod, "status", "containerStatuses");

/** What kubectl says of a pod in one word: its phase, or the trouble that its containers are in. */
function wordFor(pod: WireObject): string {
  const reason = textAt(pod, "status", "reason") ?? textAt(pod, "status", "phase") ?? "Unknown";
  if (metadataOf(pod)["deletionTimestamp"] !== undefined) return reason === "NodeLost" ? "Unknown" : "Terminating";
  const waiting = objectsAt(pod, "status", "initContainerStatuses").find(
    (status) => at(status, "state", "terminated", "exitCode") !== 0 && at(status, "started") !== true,
  );
  if (waiting !== undefined) return `Init:${textAt(waiting, "state", "waiting", "reason") ?? "0/1"}`;
  const words = statuses(pod)
    .map(troubleOf)
    .filter((word) => word !== undefined);
  const [first] = words;
  const isRunning = statuses(pod).some(
    (status) => status["ready"] === true && at(status, "state", "running") !== undefined,
  );
  if (first === "Completed" && isRunning) return "Running";
  return first ?? reason;
}

function troubleOf(status: WireObject): string | undefined {
  const waiting = textAt(status, "state", "waiting", "reason");
  if (waiting !== undefined && waiting !== "") return waiting;
  const terminated = objectAt(status, "state", "terminated");
  if (terminated === undefined) return undefined;
  const { reason, signal, exitCode } = terminated as { reason?: string; signal?: number; exitCode?: number };
  return reason ?? (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

function restartsOf(pod: WireObject, now: number): string {
  const total = statuses(pod).reduce((sum, status) => sum + (numberAt(status, "restartCount") ?? 0), 0);
  const ends = statuses(pod).flatMap((status) => textAt(status, "lastState", "terminated", "finishedAt") ?? []);
  const last = ends.toSorted().at(-1);
  return total === 0 || last === undefined ? String(total) : `${total} (${ageOf(last, now)} ago)`;
}

const orNone = (text: string | undefined): string => text ?? "<none>";

export function podColumns(age: Column): readonly Column[] {
  const column = (name: string, cell: Column["cell"], priority = 0): Column => ({
    name,
    type: "string",
    priority,
    cell,
  });
  return [
    column(
      "Ready",
      (pod) =>
        `${statuses(pod).filter(({ ready }) => ready === true).length}/${objectsAt(pod, "spec", "containers").length}`,
    ),
    column("Status", wordFor),
    column("Restarts", restartsOf),
    age,
    column("IP", (pod) => orNone(textAt(pod, "status", "podIP")), 1),
    column("Node", (pod) => orNone(textAt(pod, "spec", "nodeName")), 1),
    column("Nominated Node", (pod) => orNone(textAt(pod, "status", "nominatedNodeName")), 1),
    column("Readiness Gates", () => "<none>", 1),
  ];
}
