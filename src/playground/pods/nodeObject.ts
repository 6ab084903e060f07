import type { Method } from "../../runtime/transport.ts";

type Send = (method: Method, path: string, body: unknown) => Promise<void>;

/** Puts the node on the API server, with more room than anybody asks for. */
export async function registerNode(name: string, address: string, send: Send): Promise<void> {
  const condition = {
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    message: "kubelet is posting ready status",
    lastHeartbeatTime: null,
    lastTransitionTime: null,
  };
  const room = { cpu: "1000", memory: "1000Gi", pods: "10000" };
  const labels = { "kubernetes.io/os": "linux", "kubernetes.io/hostname": name };
  await send("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name, labels } });
  // Admission of a real API server taints each new node as not ready; nobody here would take that away.
  await send("PATCH", `/api/v1/nodes/${name}`, { spec: { taints: null } });
  const addresses = [
    { type: "InternalIP", address },
    { type: "Hostname", address: name },
  ];
  const nodeInfo = { kubeletVersion: "playground", operatingSystem: "linux", architecture: "", osImage: "playground" };
  const status = { capacity: room, allocatable: room, addresses, conditions: [condition], nodeInfo };
  await send("PATCH", `/api/v1/nodes/${name}/status`, { status });
}
