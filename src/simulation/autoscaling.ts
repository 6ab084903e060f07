/** Autoscalers that the owner of an application has put beside it, and what they go by. */
import type { Random } from "../runtime/random.ts";
import { between, pick } from "../simulator/weather/dice.ts";
import { NAMESPACE } from "./users.ts";

export interface AutoscalingPlan {
  /** One for the primary as well, which is its owner's own as long as we do not copy autoscalers. */
  readonly of: readonly ("target" | "primary")[];
  /** Pods that they may have besides those that they have at least, which are as many as at first. */
  readonly more: number;
  /** What a pod is to use, in thousandths of a core. */
  readonly millicores: number;
  /** For how long a high load keeps pods up. */
  readonly calmSeconds: number;
}

/** What a request a second costs a pod, in thousandths of a core. */
export const MILLICORES_A_REQUEST = 10;

/** Applications that have any, of a hundred. */
const PERCENT = 20;

export function drawAutoscaling(random: Random): AutoscalingPlan | undefined {
  if (between(random, 0, 100) >= PERCENT) return undefined;
  return {
    of: pick(random, [["target"], ["target", "primary"]] as const),
    more: pick(random, [1, 2, 4]),
    millicores: pick(random, [50, 100, 200]),
    calmSeconds: pick(random, [0, 30, 300]),
  };
}

interface Autoscaled {
  readonly name: string;
  readonly replicas: number;
  readonly autoscaling?: AutoscalingPlan;
}

export function autoscalersOf(app: Autoscaled): readonly object[] {
  const { name, autoscaling } = app;
  return (autoscaling?.of ?? []).map((whose) => autoscaler(app, whose === "target" ? name : `${name}-primary`));
}

function autoscaler({ replicas, autoscaling }: Autoscaled, name: string): object {
  const { more = 0, millicores = 0, calmSeconds = 0 } = autoscaling ?? {};
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: replicas,
      maxReplicas: replicas + more,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "AverageValue", averageValue: `${millicores}m` } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: calmSeconds } },
    },
  };
}
