package vitable.groups

/** Groups: named containers of members. */
public class Groups internal constructor(
    /** The same calls, with the metadata of their answers. */
    public val withResponse: GroupsWithResponse,
) {
    /** The members of groups. */
    public val members: Members = Members(SyncWithResponse(withResponse.native))

    /**
     * Lists the groups.
     *
     * @param limit items per page, 1 to 100; the server's default is 20.
     * @param page the page to start at, from 1.
     * @param prefetch fetches up to this many pages at the same time once their number is known.
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
            { translating { native.groupsList(params, options, null) }.toPage() },
            { distinct -> translated { native.groupsWalk(params, distinct, options) }.toWalk() },
        )
    }

    /** Creates a group. The reference is your own identifier, unique within the organization. */
    @JvmSynthetic
    public suspend fun create(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): Group = withResponse.create(externalReferenceId, name, options).data

    /** Gets one group. */
    @JvmSynthetic
    public suspend fun retrieve(groupId: String, options: RequestOptions = RequestOptions()): Group =
        withResponse.retrieve(groupId, options).data

    /** Changes a group: only what is not null. */
    @JvmSynthetic
    public suspend fun update(
        groupId: String,
        externalReferenceId: String? = null,
        name: String? = null,
        options: RequestOptions = RequestOptions(),
    ): Group = withResponse.update(groupId, updateParams(externalReferenceId, name), options).data

    /** Changes a group, with all three states of a field. */
    @JvmSynthetic
    public suspend fun update(
        groupId: String,
        params: GroupUpdateParams,
        options: RequestOptions = RequestOptions(),
    ): Group = withResponse.update(groupId, params, options).data

    /** Finds the group of a reference by walking the pages; null if there is none. */
    @JvmSynthetic
    public suspend fun findByExternalReferenceId(
        externalReferenceId: String,
        options: RequestOptions = RequestOptions(),
    ): Group? = translating { withResponse.native.groupsFind(externalReferenceId, options, null) }

    /** The group of a reference, made if there is none. Two that run at once get the same group. */
    @JvmSynthetic
    public suspend fun getOrCreate(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): Group {
        val params = GroupCreateParams(externalReferenceId, name)
        return translating { withResponse.native.groupsGetOrCreate(params, options, null) }
    }
}

/** [Groups] with the metadata of the answers. */
public class GroupsWithResponse internal constructor(internal val native: NativeClient) {
    /** See [Groups.create]. */
    @JvmSynthetic
    public suspend fun create(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> {
        val params = GroupCreateParams(externalReferenceId, name)
        return translating { native.groupsCreate(params, options, null) }.toResponse()
    }

    /** See [Groups.retrieve]. */
    @JvmSynthetic
    public suspend fun retrieve(
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> = translating { native.groupsRetrieve(groupId, options, null) }.toResponse()

    /** See [Groups.update]. */
    @JvmSynthetic
    public suspend fun update(
        groupId: String,
        params: GroupUpdateParams,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> =
        translating { native.groupsUpdate(groupId, params, options, null) }.toResponse()
}

internal fun updateParams(externalReferenceId: String?, name: String?): GroupUpdateParams =
    GroupUpdateParams(optional(externalReferenceId), optional(name))
