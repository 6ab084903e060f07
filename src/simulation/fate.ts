/** What the weather has in store for a replica, made to happen to it. */
import type { Clock } from "../runtime/clock.ts";
import type { Weather } from "../simulator/weather/weather.ts";
import type { Replica, ReplicaOptions } from "./replica.ts";

/** What its clock shows, and what hits it at its requests. */
export function fateOf(name: string, weather: Weather | undefined): Pick<ReplicaOptions, "skewMillis" | "strikeAt"> {
  if (weather === undefined) return {};
  return {
    skewMillis: () => weather.skewMillis(name),
    strikeAt: ({ method }) => {
      const kill = weather.killOnRequest(name, method);
      if (kill !== undefined) {
        const moment = kill.moment === "before" ? "before it is sent" : "before its answer";
        return { kind: "kill", moment, downMillis: kill.downMillis };
      }
      const millis = weather.stallAtRequest(name, method);
      return millis === undefined ? undefined : { kind: "stall", moment: "before its answer", millis };
    },
  };
}

/** From now on, what is to happen to it at given times does. */
export function befall(replica: Replica, weather: Weather | undefined, clock: Clock): void {
  for (const mishap of weather?.mishaps(replica.name) ?? []) {
    clock.setTimer(mishap.atMillis - clock.now(), () => {
      if (!replica.isAlive) return;
      weather?.struck(mishap);
      if (mishap.kind === "replicaKill") replica.kill(mishap.forMillis);
      else if (mishap.kind === "replicaSuspend") replica.suspend(mishap.forMillis);
      else replica.stall(mishap.forMillis);
    });
  }
}
