package vitable.groups

/** Operations on groups, the named containers of members. */
public class Groups internal constructor(withResponse: GroupsWithResponse) : GroupsBase(withResponse) {
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

    /** [retrieve] with the response metadata, of which Java has a future. */
    @JvmSynthetic
    internal suspend fun retrieveWithResponse(
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): Response<Group> = withResponse.retrieve(groupId, options)
}
