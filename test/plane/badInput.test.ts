/** Mistakes on a real API server: each is told in words, nothing that served stops serving, and mending is enough. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "yaml";
import type { App } from "../scenarios/app.ts";
import { ApiError, type ApiObject } from "./api.ts";
import { metricTemplate, mistakes, somebody, templated, unsupportedFields } from "./badManifests.ts";
import type { Controller } from "./controller.ts";
import { kubectlOn } from "./kubectl.ts";
import { canary, deployment, namespace } from "./manifests.ts";
import { refer, type Target } from "./objects.ts";
import { isMended, isTold, type Told, type Watcher } from "./problems.ts";
import { pathOf } from "./resources.ts";
import { type Stage, setStage } from "./stage.ts";

/** A little longer than any interval of these Canaries, so that whatever looped would show. */
const quietMillis = 10_000;

const together = { concurrency: 32 } as const;

describe("mistakes", () => {
  let stage: Stage;
  let controller: Controller;
  let watcher: Watcher;
  let pid: number | undefined;
  /** Under traffic. */
  let resting: App;
  let running: App;
  let faceless: App;
  let scribbled: App;
  let service: unknown;

  before(async () => {
    stage = await setStage({ audit: true });
    controller = await stage.controller({ args: ["--namespace=test"] });
    pid = controller.pid;
    watcher = { objects: stage.objects, controller };
    await stage.objects.apply(somebody);
  });

  after(async () => {
    await controller?.stop();
    await stage?.stop();
  });

  /** Requests of the controller so far. Watches that end and begin anew are not asked for by any Canary. */
  async function requests(): Promise<Readonly<Record<string, number>>> {
    const counts = (await stage.plane.audit()).filter(
      ({ userAgent, verb }) => userAgent.startsWith("serin/") && verb !== "watch",
    );
    return Object.fromEntries(counts.map(({ verb, resource, code, count }) => [`${verb} ${resource} ${code}`, count]));
  }

  async function version(place: `${string}/${string}`): Promise<string | undefined> {
    return (await stage.objects.get(refer("canary", place))).metadata.resourceVersion;
  }

  function startApp(name: string, template: string): Promise<App> {
    const analysis = { interval: "3s", stepWeights: [20, 50], metrics: [templated(template)] };
    // No deadline of theirs may pass while their mistakes are looked at.
    return stage.app(name, { ratePerSecond: 20, canary: { analysis, spec: { progressDeadlineSeconds: 600 } } });
  }

  function measureWith(name: string, template: string): Promise<unknown> {
    const metrics = [templated(template)];
    return stage.objects.patch(refer("canary", `test/${name}`), { spec: { analysis: { metrics } } });
  }

  function scribble(name: string, status: Record<string, unknown>): Promise<unknown> {
    const path = `${pathOf(refer("canary", `test/${name}`))}/status`;
    return stage.plane.api.request("PATCH", path, { status }, "merge");
  }

  async function ends(app: App): Promise<void> {
    await app.reaches("Succeeded");
    await isMended(`test/${app.name}`, watcher);
    await app.close();
    noneLost(app);
  }

  async function isAt({ name }: App, weight: number): Promise<void> {
    await stage.objects.waitFor(
      refer("canary", `test/${name}`),
      `is at ${weight}`,
      ({ status }) => status?.["canaryWeight"] === weight,
    );
  }

  test("what a schema can see is refused at apply", async () => {
    const refused = async (spec: Record<string, unknown>, analysis?: Record<string, unknown>) => {
      const error = await stage.objects
        .apply(canary("refused", { spec, analysis: analysis ?? {} }))
        .catch((e: unknown) => e);
      assert.ok(error instanceof ApiError && error.code === 422, String(error));
      return error.message;
    };
    assert.match(await refused({ provider: "ambient" }), /spec\.provider: Unsupported value/);
    assert.match(await refused({}, { stepWeight: 0, stepWeights: undefined }), /spec\.analysis\.stepWeight/);
    assert.match(await refused({}, { interval: "1minute" }), /spec\.analysis\.interval.*not a duration/);
  });

  describe("are told", together, () => {
    for (const mistake of mistakes) {
      test(mistake.what, async () => {
        await mistake.make(stage.objects);
        await isTold(`test/${mistake.name}`, mistake, watcher);
        const { status } = await stage.objects.get(refer("canary", `test/${mistake.name}`));
        // Not "" alone: it may have been looked at before what stands in its way was seen.
        assert.ok(["", "Initializing"].includes(String(status?.["phase"])), String(status?.["phase"]));
        assert.equal(status?.["canaryWeight"], 0);
        if (mistake.spared) assert.ok(!(await isWrittenByUs(stage, mistake.spared)));
      });
    }

    test("each unsupported field with its path", async () => {
      const place = "test/ambitious";
      const { status } = await stage.objects.waitFor(refer("canary", place), "is told", ({ status }) =>
        Boolean(status?.["problems"]),
      );
      const problems = status?.["problems"] as readonly { readonly message: string }[];
      assert.deepEqual(
        problems.map(({ message }) => message.split(": ")[0]),
        unsupportedFields,
      );
    });

    test("two Canaries with one target: the older works, the younger tells", async () => {
      await stage.objects.apply(deployment("twins"), canary("twins-z", twin));
      await stage.objects.waitFor(refer("canary", "test/twins-z"), "is Initialized", isInitialized);
      // By name it would be first.
      await stage.objects.apply(canary("twins-a", twin));
      const sentence = "spec.targetRef: the target already belongs to Canary test/twins-z; delete one of the two";
      await isTold("test/twins-a", { reason: "TargetConflict", sentence }, watcher);
    });

    test("an heir, who waits for one that never began", async () => {
      await stage.objects.apply(deployment("estate"), canary("elder", { spec: { ...estate, provider: "kuma" } }));
      await isTold("test/elder", { reason: "UnknownProvider", sentence: /^spec\.provider: / }, watcher);
      await stage.objects.apply(canary("heir", { spec: estate }));
      const sentence = "spec.targetRef: the target already belongs to Canary test/elder; delete one of the two";
      await isTold("test/heir", { reason: "TargetConflict", sentence }, watcher);
    });
  });

  describe("with traffic", together, () => {
    before(async () => {
      await stage.objects.apply(metricTemplate("fine"), metricTemplate("alien", { provider: { type: "newrelic" } }));
      const started = await Promise.all(
        ["resting", "running", "faceless", "scribbled"].map((name) => startApp(name, "fine")),
      );
      [resting, running, faceless, scribbled] = started as [App, App, App, App];
    });

    test("a mistake at rest starts nothing", async () => {
      const webhooks = [{ name: "gate", url: "http://10.0.0.1:9/" }];
      await stage.objects.patch(refer("canary", "test/resting"), { spec: { analysis: { webhooks } } });
      await resting.release("2.0.0");
      await isTold("test/resting", { reason: "NotSupported", sentence: /^spec\.analysis\.webhooks: / }, watcher);
    });

    test("a mistake in mid-run holds the step", async () => {
      await running.release("2.0.0");
      await isAt(running, 20);
      await measureWith("running", "alien");
      const sentence = /^spec\.analysis\.metrics\[0\]\.templateRef: .*the provider newrelic is not supported yet/;
      await isTold("test/running", { reason: "MetricTemplateInvalid", sentence }, watcher);
    });

    test("a spec that lost its service in mid-run holds the step", async () => {
      await faceless.release("2.0.0");
      await isAt(faceless, 20);
      service = (await faceless.canary()).spec?.["service"];
      await stage.objects.patch(refer("canary", "test/faceless"), { spec: { service: null } });
      await isTold("test/faceless", { reason: "InvalidSpec", sentence: /^spec\.service\.port: is missing/ }, watcher);
    });

    test("a status that says nonsense moves no traffic to where nobody is, and comes to rest", async () => {
      const nonsense = {
        step: 99,
        failedChecks: -5,
        lastTransitionTime: new Date().toISOString(),
        conditions: [{ type: "Ready", status: "Maybe", reason: "" }],
      };
      await scribble("scribbled", { ...nonsense, phase: "Terminating", stage: "GivingBack", canaryWeight: 50 });
      await scribbled.reaches("Succeeded");
      await scribble("scribbled", { ...nonsense, phase: "Promoting", stage: "Baking", lastAppliedSpec: "nonsense" });
      await scribbled.reaches("Succeeded");
      await scribbled.says(/^Run abandoned|^Promotion completed/);
      assert.equal((await scribbled.canary()).status?.["canaryWeight"], 0);
      await scribbled.close();
      noneLost(scribbled);
    });
  });

  test("and then cost nothing: no request, no restart, and kubectl shows them", async () => {
    const before = await requests();
    const versions = await Promise.all(mistakes.map(({ name }) => version(`test/${name}`)));
    await pause(quietMillis);
    assert.deepEqual(await requests(), before);
    assert.deepEqual(await Promise.all(mistakes.map(({ name }) => version(`test/${name}`))), versions);
    assert.deepEqual(
      [running, faceless].map(({ route }) => route.seen.at(-1)?.canary),
      [20, 20],
    );
    assert.equal((await resting.canary()).status?.["phase"], "Initialized");
    assert.ok(controller.isRunning);
    assert.equal(controller.pid, pid);
    const kubectl = await kubectlOn(stage.plane);
    const { code, stdout, stderr } = await kubectl("-n", "test", "get", "canaries");
    assert.equal(code, 0, stderr);
    for (const { name } of mistakes) assert.match(stdout, new RegExp(`^${name} `, "m"));
  });

  // Side by side, since each waits for pods and steps most of its time.
  describe("in the end", together, () => {
    describe("once mended, go on by themselves", together, () => {
      for (const { what, name, mend } of mistakes) {
        test(what, async () => {
          await mend(stage.objects);
          await stage.objects.waitFor(refer("canary", `test/${name}`), "is Initialized", isInitialized, 40_000);
          await isMended(`test/${name}`, watcher);
        });
      }

      test("two Canaries with one target, once the older is deleted", async () => {
        await stage.objects.delete(refer("canary", "test/twins-z"));
        await stage.objects.waitFor(refer("canary", "test/twins-a"), "is Initialized", isInitialized, 40_000);
        await isMended("test/twins-a", watcher);
      });

      test("an heir, once the one that never began is deleted", async () => {
        await stage.objects.delete(refer("canary", "test/elder"));
        await stage.objects.waitFor(refer("canary", "test/heir"), "is Initialized", isInitialized, 40_000);
        await isMended("test/heir", watcher);
      });

      test("a mistake at rest: now the release that waited is rolled out", async () => {
        await stage.objects.patch(refer("canary", "test/resting"), { spec: { analysis: { webhooks: null } } });
        await ends(resting);
      });

      test("a mistake in mid-run: the step goes on where it stood", async () => {
        await measureWith("running", "fine");
        await ends(running);
        assert.deepEqual(running.route.weights(), [0, 20, 50, 100, 0]);
      });

      test("a spec that lost its service: the step goes on where it stood", async () => {
        await stage.objects.patch(refer("canary", "test/faceless"), { spec: { service } });
        await ends(faceless);
        assert.deepEqual(faceless.route.weights(), [0, 20, 50, 100, 0]);
      });
    });

    test("what only the API server can see is told in its words, with the part of the spec, until it is mended", async () => {
      const place = "test/shouting";
      await stage.objects.apply(deployment("shouting"), canary("shouting", { service: { portName: "LOUD" } }));
      const sentence = /^spec\.service: patch Service test\/shouting-\w+: .*spec\.ports\[0\]\.name.*"LOUD"/;
      await isTold(place, { reason: "ApplyRejected", sentence }, watcher);
      await stage.objects.apply(canary("shouting"));
      await stage.objects.waitFor(refer("canary", place), "is Initialized", isInitialized, 40_000);
      await isMended(place, watcher);
    });

    describe("a Secret that cannot be read", together, () => {
      const query = "vector(1)";
      const secretRef = { name: "access" };

      test("is told, and neither promotes nor rolls back until it is there with the right keys", async () => {
        await stage.objects.apply(metricTemplate("locked", { query, provider: { secretRef } }));
        const app = await startApp("locked", "locked");
        await app.release("2.0.0");
        const path = "spec.analysis.metrics[0].templateRef";
        const told = (what: string): Told => ({
          reason: "SecretUnreadable",
          sentence: `${path}: Secret test/access ${what}`,
        });
        await isTold("test/locked", told("does not exist"), watcher);
        await stage.objects.apply(secret("test", { user: "bob" }));
        await isTold("test/locked", told("has neither a token nor a username and password"), watcher);
        assert.deepEqual(app.route.weights(), [0, 20]);
        await stage.objects.apply(secret("test", { token: "t" }));
        await app.reaches("Succeeded");
        await isMended("test/locked", watcher);
        await app.close();
        noneLost(app);
      });

      test("is told where the controller has no right to, with the right to grant", async () => {
        const kubeconfig = await withoutSecrets(stage);
        const guard = await stage.controller({
          kubeconfig,
          name: "guard",
          port: 10_081,
          args: ["--namespace=guarded"],
        });
        const own = { objects: stage.objects, controller: guard };
        const analysis = { interval: "3s", stepWeights: [20, 50], metrics: [templated("locked")] };
        await stage.objects.apply(
          metricTemplate("locked", { query, provider: { secretRef } }, "guarded"),
          secret("guarded", { token: "t" }),
          deployment("guarded", { namespace: "guarded" }),
          canary("guarded", { namespace: "guarded", analysis }),
        );
        const place = "guarded/guarded";
        await stage.objects.waitFor(refer("canary", place), "is Initialized", isInitialized, 40_000);
        await stage.objects.setImage(refer("deployment", place), "ghcr.example/guarded:2.0.0");
        const sentence =
          "spec.analysis.metrics[0].templateRef: Secret guarded/access cannot be read: not allowed to get secrets in namespace guarded: grant it to system:serviceaccount:guarded:guard";
        await isTold(place, { reason: "SecretUnreadable", sentence }, own);
        const { status } = await stage.objects.get(refer("canary", place));
        assert.deepEqual([status?.["stage"], status?.["canaryWeight"]], ["Baking", 20]);
        await stage.objects.apply(clusterRole("guard", await chartRules()));
        await stage.objects.waitFor(
          refer("canary", place),
          "is Succeeded",
          ({ status }) => status?.["phase"] === "Succeeded",
          40_000,
        );
        await isMended(place, own);
        await guard.stop();
      });
    });
  });
});

const estate = { targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "estate" } };
const twin = { spec: { targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "twins" } } };

const isInitialized = ({ status }: ApiObject): boolean => status?.["phase"] === "Initialized";

async function isWrittenByUs({ objects }: Stage, target: Target): Promise<boolean> {
  const managers = (await objects.get(target)).metadata["managedFields"] as readonly { readonly manager: string }[];
  return managers.some(({ manager }) => manager === "serin");
}

function noneLost({ name, traffic }: App): void {
  const { lost, lostBecause } = traffic.all();
  assert.equal(lost, 0, `${name}: ${JSON.stringify(lostBecause)}`);
}

function secret(inNamespace: string, stringData: Readonly<Record<string, string>>): ApiObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "access", namespace: inNamespace }, stringData };
}

async function chartRules(): Promise<readonly Rule[]> {
  return parse(await readFile(join(import.meta.dirname, "../../charts/serin/files/rules.yaml"), "utf8"));
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rbac = "rbac.authorization.k8s.io";

function clusterRole(name: string, rules: readonly Rule[]): ApiObject {
  return { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules };
}

/** The chart's rights but for the content of Secrets. */
async function withoutSecrets({ objects, plane }: Stage): Promise<string> {
  const rules = (await chartRules()).map((rule) =>
    rule.resources.includes("secrets") ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== "get") } : rule,
  );
  const metadata = { name: "guard", namespace: "guarded" };
  await objects.apply(
    namespace("guarded"),
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    clusterRole("guard", rules),
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "guard" },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "guard" },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
  );
  return plane.serviceAccountKubeconfig("guarded", "guard");
}
