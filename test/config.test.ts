import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Config, controllerHelp, readConfig, UsageError } from "../src/config.ts";

const read = (...argv: readonly string[]): Config => readConfig(argv, {});

/** What is said of flags that cannot be used. */
function said(argv: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  try {
    readConfig(argv, env);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  assert.fail(`${argv.join(" ")} was taken`);
}

describe("the flags of the controller", () => {
  it("mean what Flagger's do where nothing is given", () => {
    const { metricsServer, meshProvider, port, namespace, selectorLabels, configTracking, leaderElection } = read();
    assert.deepEqual(
      { metricsServer, meshProvider, port, namespace, selectorLabels, configTracking, leaderElection },
      {
        metricsServer: "http://prometheus:9090",
        meshProvider: "istio",
        port: 8080,
        namespace: undefined,
        selectorLabels: ["app", "name", "app.kubernetes.io/name"],
        configTracking: true,
        leaderElection: false,
      },
    );
  });

  it("are written as Go's are: one dash or two, the value apart or not, switches alone", () => {
    const { meshProvider, port, leaderElection, configTracking } = read(
      ...["-mesh-provider", "linkerd", "--port=9", "-enable-leader-election", "--enable-config-tracking=f"],
    );
    assert.deepEqual([meshProvider, port, leaderElection, configTracking], ["linkerd", 9, true, false]);
  });

  it("of Flagger's that change nothing are accepted", () => {
    assert.deepEqual(read("-control-loop-interval=10s", "-zap-encoding", "json", "-zap-replace-globals"), read());
  });

  it("choose the lease's namespace: their own, the watched one, the pod's, kube-system", () => {
    const env = { POD_NAMESPACE: "pods" };
    assert.equal(readConfig(["--leader-election-namespace=a", "--namespace=b"], env).leaderElectionNamespace, "a");
    assert.equal(readConfig(["--namespace=b"], env).leaderElectionNamespace, "b");
    assert.equal(readConfig([], env).leaderElectionNamespace, "pods");
    assert.equal(read().leaderElectionNamespace, "kube-system");
  });

  const wrong: Readonly<Record<string, string>> = {
    "--bogus": "unknown flag --bogus; serin controller --help lists them",
    "--constructor": "unknown flag --constructor; serin controller --help lists them",
    now: "unexpected now; flags begin with --",
    "--metrics-server": "--metrics-server needs a value",
    "--metrics-server=prometheus:9090": "--metrics-server: prometheus:9090 is not an http:// or https:// address",
    "--port=abc": "--port: abc is not a whole number from 0 to 65535",
    "--port=65536": "--port: 65536 is not a whole number from 0 to 65535",
    "--threadiness=0": "--threadiness: 0 is not a whole number of at least 1",
    "--settle-seconds=-1": "--settle-seconds: -1 is not a number of seconds",
    "--log-level=loud": "--log-level: loud is none of debug, info, warn, error",
    "--enable-config-tracking=yes": "--enable-config-tracking: yes is neither true nor false",
    "--selector-labels=": "--selector-labels: is empty; leave it out for app,name,app.kubernetes.io/name",
    "-slack-url=http://x": "--slack-url is not supported yet: remove it",
  };
  for (const [flag, words] of Object.entries(wrong)) {
    it(`${flag}: ${words}`, () => assert.equal(said([flag]), words));
  }

  it("of the environment that ask for what is not there are refused", () => {
    assert.equal(
      said([], { SLACK_URL: "http://x" }),
      "SLACK_URL is set, but notifications are not supported yet: unset it",
    );
  });

  it("all stand in the help", () => {
    for (const name of ["kubeconfig", "metrics-server", "drain-seconds", "no-cross-namespace-refs"]) {
      assert.match(controllerHelp(), new RegExp(`--${name} `));
    }
  });
});
