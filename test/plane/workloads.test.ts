/** Holds our controllers to Kubernetes' own: the same scenes on the real API server, with either at work. */
import { Connection } from "../../src/adapters/kube/connection.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { jsonLog } from "../../src/runtime/log.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { startWorkloads } from "../../src/simulator/workloads/startWorkloads.ts";
import { AUTOSCALER_SECONDS, type MakeCluster, REAL_TIME } from "../conformance/workloads/cluster.ts";
import { workloadSuite } from "../conformance/workloads/suite.ts";
import { kubectlOn } from "./kubectl.ts";
import { startPlane } from "./plane.ts";

const cluster =
  (controllers: "Kubernetes" | "ours"): MakeCluster =>
  async () => {
    const plane = await startPlane({
      istio: false,
      prometheus: false,
      envoy: false,
      servers: "none",
      autoscalerSeconds: AUTOSCALER_SECONDS,
    });
    const clock = systemClock();
    const connect = async (user: "admin" | "kcm"): Promise<Connection> => {
      const source = { from: "file", path: await plane.kubeconfig(user) } as const;
      return new Connection({ clock, source, userAgent: user, qps: 0, burst: 1 });
    };
    const transport = await connect("admin");
    const log = jsonLog({ clock, level: process.env["SERIN_PLANE_LOGS"] === undefined ? "error" : "debug" });
    if (controllers === "ours") await plane.controllerManager.kill9();
    const workloads =
      controllers === "ours"
        ? startWorkloads({
            transport: await connect("kcm"),
            clock,
            random: systemRandom(),
            log,
            autoscalerSeconds: AUTOSCALER_SECONDS,
          })
        : undefined;
    await workloads?.ready;
    return {
      transport,
      kubectl: await kubectlOn(plane),
      time: REAL_TIME,
      setReady: (workload, readiness) => plane.node.behave(workload, { ready: readiness === "ready" }),
      stop: async () => {
        await workloads?.stop();
        await plane.stop();
      },
    };
  };

workloadSuite("Kubernetes' own controllers", cluster("Kubernetes"));
workloadSuite("ours, on the real API server", cluster("ours"));
