/** Files for raw calls that take them. */

/** What a file can be made of. */
export type FilePartValue = string | ArrayBuffer | ArrayBufferView | Blob;

/** What a file is said to be. */
export interface FileOptions {
  /** The media type. */
  type?: string;
  /** When it was last changed, in milliseconds since 1970. */
  lastModified?: number;
}

type Part = string | Uint8Array | Blob;

/** A file of a name, from bytes, text, a blob, a response or a stream. */
export async function toFile(
  value: FilePartValue | Response | AsyncIterable<Uint8Array> | PromiseLike<FilePartValue | Response>,
  name?: string | null,
  options?: FileOptions,
): Promise<File> {
  const given = await value;
  if (given instanceof Response) {
    const type = given.headers.get('content-type') ?? undefined;
    return new File([new Uint8Array(await given.arrayBuffer())], name ?? 'unknown_file', { ...(type && { type }), ...options });
  }
  if (typeof given === 'object' && Symbol.asyncIterator in given) {
    const parts: Uint8Array[] = [];
    for await (const part of given) parts.push(part);
    return new File(parts, name ?? 'unknown_file', options);
  }
  const own = (given as { name?: string }).name;
  return new File([given as Part], name ?? own ?? 'unknown_file', options);
}
