/** Files for raw calls. */

/** What a file can be created from. */
export type FilePartValue = string | ArrayBuffer | ArrayBufferView | Blob;

/** Properties of a file. */
export interface FileOptions {
  /** The media type. */
  type?: string;
  /** The last modification, in milliseconds since 1970. */
  lastModified?: number;
}

type Part = string | Uint8Array | Blob;

/** Creates a file from bytes, text, a blob, a response or a stream. */
export async function toFile(
  value: FilePartValue | Response | AsyncIterable<Uint8Array> | PromiseLike<FilePartValue | Response>,
  name?: string | null,
  options?: FileOptions,
): Promise<File> {
  const source = await value;
  if (source instanceof Response) {
    const type = source.headers.get('content-type') ?? undefined;
    const bytes = new Uint8Array(await source.arrayBuffer());
    return new File([bytes], name ?? 'unknown_file', { ...(type && { type }), ...options });
  }
  if (typeof source === 'object' && Symbol.asyncIterator in source) {
    const parts: Uint8Array[] = [];
    for await (const part of source) parts.push(part);
    return new File(parts, name ?? 'unknown_file', options);
  }
  const own = (source as { name?: string }).name;
  return new File([source as Part], name ?? own ?? 'unknown_file', options);
}
