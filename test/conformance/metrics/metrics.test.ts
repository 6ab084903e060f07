import { metricsSuite } from "./suite.ts";
import { embeddedServer, realServer, whyNoRealServer } from "./servers.ts";

metricsSuite("the embedded endpoint", embeddedServer, undefined);
metricsSuite("a real Prometheus", realServer, whyNoRealServer());
