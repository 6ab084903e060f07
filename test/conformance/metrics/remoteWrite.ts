/** Gives samples with any times, and stale markers, to a real Prometheus: its remote-write protocol, written out. */
import type { Dataset } from "./dataset.ts";

/** The one NaN that means "this series ended" (value.StaleNaN in Prometheus). */
const STALE_BITS = 0x7ff0000000000002n;

export async function remoteWrite(url: string, dataset: Dataset): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: "POST",
    headers: {
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "0.1.0",
    },
    body: snappy(writeRequest(dataset)),
  });
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
}

/** message WriteRequest { repeated TimeSeries timeseries = 1; } */
function writeRequest(dataset: Dataset): Buffer {
  return Buffer.concat(
    dataset.map(({ labels, points }) => {
      const pairs = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
      const names = pairs.map(([name, value]) => field(1, Buffer.concat([field(1, name), field(2, value)])));
      const samples = points.map(({ at, value }) => field(2, sample(at, value)));
      return field(1, Buffer.concat([...names, ...samples]));
    }),
  );
}

/** message Sample { double value = 1; int64 timestamp = 2; } */
function sample(at: number, value: number | "stale"): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (1 << 3) | 1;
  if (value === "stale") bytes.writeBigUInt64LE(STALE_BITS, 1);
  else bytes.writeDoubleLE(value, 1);
  return Buffer.concat([bytes, Buffer.from([(2 << 3) | 0]), varint(at)]);
}

function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Snappy's block format, with nothing compressed: the length, and literals of at most 64 KiB. */
function snappy(content: Buffer): Buffer<ArrayBuffer> {
  const chunks: Buffer[] = [varint(content.length)];
  for (let from = 0; from < content.length; from += 0x10000) {
    const literal = content.subarray(from, from + 0x10000);
    const head = Buffer.from([61 << 2, 0, 0]);
    head.writeUInt16LE(literal.length - 1, 1);
    chunks.push(head, literal);
  }
  return Buffer.concat(chunks);
}
