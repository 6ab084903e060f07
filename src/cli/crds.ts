import { definitions } from "../resources/crds.ts";
import { printYaml } from "../resources/yaml.ts";

/** `serin crds`: all CustomResourceDefinitions as one YAML stream, to be piped into `kubectl apply --server-side -f -`. */
export function printCrds(write: (text: string) => void): void {
  write(
    definitions()
      .map(({ crd }) => printYaml(crd))
      .join("---\n"),
  );
}
