import { embeddedServer, realServer, whyNoRealServer } from "./servers.ts";
import { metricsSuite } from "./suite.ts";

metricsSuite("the embedded endpoint", embeddedServer, "embedded");
metricsSuite("a real Prometheus", realServer, "real", whyNoRealServer());
