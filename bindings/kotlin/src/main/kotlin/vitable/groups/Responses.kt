package vitable.groups

/**
 * Decoded data with the response metadata.
 *
 * @property data the decoded data.
 * @property metadata status, headers, attempts and more.
 */
public data class Response<out T>(
    public val data: T,
    public val metadata: Metadata,
)

internal fun NativeGroup.toResponse(): Response<Group> = Response(data, metadata)

internal fun NativeSyncReceipt.toResponse(): Response<SyncReceipt> = Response(data, metadata)

internal fun NativeSyncState.toResponse(): Response<SyncState> = Response(data, metadata)
