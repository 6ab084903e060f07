/** The files that the data plane's programs read, as data: JSON is YAML. */
import { nodeAddress } from "./enter.ts";

/** The node stand-in answers here for the sidecars of all of its pods. */
export const sidecarMetricsPort = 15020;

/** An ingress gateway as istiod expects one: everything but its way to istiod comes from istiod. */
export function envoyConfiguration(): Record<string, unknown> {
  const discovery = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" };
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const service = "xds-grpc";
  return {
    node: {
      id: `router~${nodeAddress}~istio-ingressgateway-0.istio-system~istio-system.svc.cluster.local`,
      cluster: "istio-ingressgateway.istio-system",
      metadata: {
        CLUSTER_ID: "Kubernetes",
        NAMESPACE: "istio-system",
        NAME: "istio-ingressgateway-0",
        ISTIO_VERSION: "1.31.0",
        LABELS: { istio: "ingressgateway", app: "istio-ingressgateway" },
        INSTANCE_IPS: nodeAddress,
        SERVICE_ACCOUNT: "istio-ingressgateway",
        INTERCEPTION_MODE: "NONE",
      },
    },
    admin: { address: socket(15000) },
    dynamic_resources: {
      lds_config: discovery,
      cds_config: discovery,
      ads_config: {
        api_type: "GRPC",
        transport_api_version: "V3",
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: service } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: service,
          type: "STATIC",
          connect_timeout: "1s",
          typed_extension_protocol_options: {
            [options]: {
              "@type": `type.googleapis.com/${options}`,
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: service,
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(15010) } }] }],
          },
        },
      ],
    },
  };
}

/** Real clusters scrape every 15 s or so; a test that waited for that would wait for little else. */
export function prometheusConfiguration(): Record<string, unknown> {
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    scrape_configs: [
      {
        job_name: "pods",
        honor_labels: true,
        static_configs: [{ targets: [`${nodeAddress}:${sidecarMetricsPort}`] }],
      },
      {
        job_name: "gateway",
        metrics_path: "/stats/prometheus",
        params: { usedonly: [""], filter: ["upstream_rq"] },
        static_configs: [{ targets: [`${nodeAddress}:15000`] }],
      },
    ],
  };
}

function socket(port: number): Record<string, unknown> {
  return { socket_address: { address: nodeAddress, port_value: port } };
}
