package vitable.groups

/** Operations on groups, the named containers of members. */
public class Groups internal constructor(
    /** The same calls, returning the response metadata as well. */
    public val withResponse: GroupsWithResponse,
) {
    /** Operations on group members. */
    public val members: Members = Members(MemberSyncsWithResponse(withResponse.native))

    /**
     * Lists groups.
     *
     * @param limit items per page, 1 to 100; the server's default is 20.
     * @param page the page to start at, from 1.
     * @param prefetch how many pages to fetch concurrently once the total is known.
     */
    @JvmOverloads
    public fun list(
        limit: Long? = null,
        page: Long? = null,
        prefetch: Int = 0,
        options: RequestOptions = RequestOptions(),
    ): PagedList<Group> {
        val (native, params) = withResponse.native to ListParams(limit, page, prefetch)
        return PagedList(
            { mapErrorsSuspend { native.groupsList(params, options, null) }.toPage() },
            { distinct -> mapErrors { native.groupsPager(params, distinct, options) }.toPager() },
        )
    }

    /** Creates a group. [externalReferenceId] is your own identifier, unique within the organization. */
    @JvmSynthetic
    public suspend fun create(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): Group = withResponse.create(externalReferenceId, name, options).data

    /** Retrieves a group. */
    @JvmSynthetic
    public suspend fun retrieve(groupId: String, options: RequestOptions = RequestOptions()): Group =
        withResponse.retrieve(groupId, options).data

    /** Updates a group; null leaves a field unchanged. */
    @JvmSynthetic
    public suspend fun update(
        groupId: String,
        externalReferenceId: String? = null,
        name: String? = null,
        options: RequestOptions = RequestOptions(),
    ): Group = withResponse.update(groupId, updateParams(externalReferenceId, name), options).data

    /** Updates a group; fields can be absent, null or a value. */
    @JvmSynthetic
    public suspend fun update(
        groupId: String,
        params: GroupUpdateParams,
        options: RequestOptions = RequestOptions(),
    ): Group = withResponse.update(groupId, params, options).data

    /** Finds a group by its external reference ID, by paging through the list; null if there is none. */
    @JvmSynthetic
    public suspend fun findByExternalReferenceId(
        externalReferenceId: String,
        options: RequestOptions = RequestOptions(),
    ): Group? = mapErrorsSuspend { withResponse.native.groupsFind(externalReferenceId, options, null) }

    /**
     * Finds a group by its external reference ID, or creates it. Concurrent calls return the same
     * group.
     */
    @JvmSynthetic
    public suspend fun getOrCreate(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): Group {
        val params = GroupCreateParams(externalReferenceId, name)
        return mapErrorsSuspend { withResponse.native.groupsGetOrCreate(params, options, null) }
    }
}

/** [Groups] with response metadata. */
public class GroupsWithResponse internal constructor(internal val native: NativeClient) {
    /** See [Groups.create]. */
    @JvmSynthetic
    public suspend fun create(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> {
        val params = GroupCreateParams(externalReferenceId, name)
        return mapErrorsSuspend { native.groupsCreate(params, options, null) }.toResponse()
    }

    /** See [Groups.retrieve]. */
    @JvmSynthetic
    public suspend fun retrieve(
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> = mapErrorsSuspend { native.groupsRetrieve(groupId, options, null) }.toResponse()

    /** See [Groups.update]. */
    @JvmSynthetic
    public suspend fun update(
        groupId: String,
        params: GroupUpdateParams,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> =
        mapErrorsSuspend { native.groupsUpdate(groupId, params, options, null) }.toResponse()
}

internal fun updateParams(externalReferenceId: String?, name: String?): GroupUpdateParams =
    GroupUpdateParams(optional(externalReferenceId), optional(name))
