/** What the demo does where the world does not go along, without the wait for it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { APP, canary } from "../../../src/playground/demo/application.ts";
import { Play, type Players } from "../../../src/playground/demo/play.ts";
import { type SeenObject, Watched } from "../../../src/playground/show/watched.ts";
import { type Clock, systemClock } from "../../../src/runtime/clock.ts";

describe("the demo's opening", () => {
  let application: Server;
  before(async () => {
    application = createServer((_request, response) => response.end("fine")).listen(0, "127.0.0.1");
    await once(application, "listening");
  });
  after(() => application?.close());

  const nothing = { sent: 0, ok: 0, lost: 0, byVersion: {}, errorsByVersion: {}, lostBecause: {} };

  function playersWith(watched: Watched): Players {
    const gatewayUrl = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
    return {
      playground: { gatewayUrl, kubeconfig: "", prometheusUrl: "", cluster: { patch: async () => undefined } },
      controller: { isRunning: true, log: "", pid: undefined },
      onlooker: { watched },
      traffic: { start: () => undefined, all: () => nothing, since: () => nothing, answers: [] },
    };
  }

  /** Of which every look costs ten seconds. */
  function hasty(): Clock {
    let elapsed = 0;
    return { ...systemClock(), monotonic: () => (elapsed += 10_000) };
  }

  function playOf(watched: Watched): Play {
    const display = { show: () => undefined, keep: () => undefined, end: () => undefined };
    return new Play({ clock: hasty(), display, columns: 80, beganAt: 0 }, playersWith(watched));
  }

  const watchedWith = (status: object | undefined): Watched => {
    const watched = new Watched(APP, { where: "here", beganAt: 0 });
    if (status !== undefined) watched.see({ ...canary(), status } as unknown as SeenObject, 0);
    return watched;
  };

  it("ends with the Canary's own words where that never comes to rest", async () => {
    const message = "the primary is not ready: ErrImagePull";
    const play = playOf(watchedWith({ phase: "Initializing", stage: "Copying", message }));
    await assert.rejects(play.acts([]), { message: `${APP} has no primary after 90 s: Initializing: ${message}` });
  });

  it("ends where the Canary says nothing at all", async () => {
    const play = playOf(watchedWith(undefined));
    await assert.rejects(play.acts([]), { message: `${APP} has no primary after 90 s: its Canary says nothing` });
  });

  it("goes on where it is at rest", async () => {
    const play = playOf(watchedWith({ phase: "Initialized", stage: "Steady", message: "" }));
    assert.deepEqual(await play.acts([]), []);
  });
});
