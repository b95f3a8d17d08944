package vitable.groups

/** Operations on the organization's benefit plans, which members refer to by ID. */
public class Plans internal constructor(private val native: NativeClient) {
    /** Lists plans; takes the same parameters as [Groups.list]. */
    @JvmOverloads
    public fun list(
        limit: Long? = null,
        page: Long? = null,
        prefetch: Int = 0,
        options: RequestOptions = RequestOptions(),
    ): PagedList<Plan> {
        val params = ListParams(limit, page, prefetch)
        return PagedList(
            { mapErrorsSuspend { native.plansList(params, options, null) }.toPage() },
            { distinct -> mapErrors { native.plansPager(params, distinct, options) }.toPager() },
        )
    }
}
