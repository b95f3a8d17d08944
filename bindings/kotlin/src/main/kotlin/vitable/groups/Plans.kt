package vitable.groups

/** The organization's plans: the source of every member row's plan id. */
public class Plans internal constructor(private val native: NativeClient) {
    /** Lists the plans; the parameters are those of [Groups.list]. */
    @JvmOverloads
    public fun list(
        limit: Long? = null,
        page: Long? = null,
        prefetch: Int = 0,
        options: RequestOptions = RequestOptions(),
    ): PagedList<Plan> {
        val params = ListParams(limit, page, prefetch)
        return PagedList(
            { translating { native.plansList(params, options, null) }.toPage() },
            { distinct -> translated { native.plansWalk(params, distinct, options) }.toWalk() },
        )
    }
}
