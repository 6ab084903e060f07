/** The words of kubectl without what is another thing each time: ages, times, names of pods, addresses, widths of columns. */
export function normal(words: string): string {
  return (
    words
      .replaceAll(/\bweb-[a-z0-9]{6,10}-[a-z0-9]{5}\b/g, "<pod>")
      .replaceAll(/\bweb-(?:[a-f0-9]{7,10}|[bcdf-hj-np-tv-z0-9]{8,10})\b/g, "<set>")
      .replaceAll(/\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} [+-]\d{4}\b/g, "<time>")
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:]{8}(\.\d+)?Z/g, "<time>")
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uid>")
      .replaceAll(/(resourceVersion|Resource Version):\s+"?\d+"?/gi, "$1: <version>")
      .replaceAll(/\b(?:10|192)\.\d+\.\d+\.\d+\b/g, "<address>")
      .replaceAll(/(?<= )(?:\d+m)?\d+s(?=\s|$)/gm, "<age>")
      // Which program the controllers are, and in which order fields are quoted.
      .replaceAll(/^(?:kcm|kube-controller-manager) Update status\n/gm, "")
      .replaceAll(/Invalid value: "\{.*\}": /g, 'Invalid value: "<the patched object>": ')
      // Columns are as wide as their widest word.
      .replaceAll(/(?<=\S)(?: {2,}|\t+ *)/g, "  ")
      .replaceAll(/ +$/gm, "")
      .replaceAll(/"[^" ]*\/object\.json"/g, '"<file>"')
  );
}
