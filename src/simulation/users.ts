/** Who writes in a simulated world, as the API server names them. */
export const USERS = {
  /** People, and the tools in their hands. */
  person: "kubectl",
  /** Who set the cluster up before the life began. */
  founder: "founder",
  /** The cluster's own controllers. */
  controllers: "kube-controller-manager",
  node: "kubelet",
  /** Some other controller, which writes objects at the same time as ours. */
  bystander: "bystander",
} as const;

/** Where rollouts live. */
export const NAMESPACE = "test";

/** Where the controller's lease lives. */
export const CONTROLLER_NAMESPACE = "serin";

const REPLICA = "serin-";

/** What the replica of this number, from 0, is called. */
export const replicaName = (number: number): string => `${REPLICA}${number}`;

/** Who a writer is: a replica of the controller, a person, or the cluster itself. */
export function roleOf(user: string): "controller" | "person" | "cluster" {
  if (user.startsWith(REPLICA)) return "controller";
  return user === USERS.person ? "person" : "cluster";
}
