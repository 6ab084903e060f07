/**
 * The older OpenAPI document in the one form that kubectl reads it in, protobuf. It looks there when it is to check a list
 * of objects by itself: what it finds no type for, it leaves to the server to check, and there is none in here.
 */

/** What the document is answered as. It is asked for by a name with an "@" in it, which is no media type. */
export const OPENAPI_BYTES = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

export function openApiBytes(): Uint8Array {
  return Uint8Array.from([...text(1, "2.0"), ...message(2, [...text(1, "Kubernetes"), ...text(2, "v1.36.3")])]);
}

const text = (number: number, content: string): readonly number[] =>
  message(number, [...new TextEncoder().encode(content)]);

/** A length-delimited field of fewer than 128 bytes. */
const message = (number: number, content: readonly number[]): readonly number[] => [
  (number << 3) | 2,
  content.length,
  ...content,
];
