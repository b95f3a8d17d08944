package vitable.groups

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList

/**
 * A list that is read page by page. Nothing is fetched before it is asked for, and cancelling the
 * collector closes the connection.
 */
public class PagedList<T : Any> internal constructor(
    private val first: suspend () -> Page<T>,
    private val walk: (distinct: Boolean) -> Pager<T>,
) {
    /** Fetches the first page, or the one that was asked for. */
    @JvmSynthetic
    public suspend fun page(): Page<T> = first()

    /** The pages, first to last; each collector starts anew. A failure ends the flow. */
    public fun pages(): Flow<Page<T>> = pages(distinct = false)

    /** The items of all pages, each id once; each collector starts anew. */
    public fun items(): Flow<T> = flow {
        pages(distinct = true).collect { page -> page.items.forEach { emit(it) } }
    }

    /** All items, at most [limit] of them. */
    @JvmSynthetic
    public suspend fun toList(limit: Int): List<T> = items().take(limit).toList()

    private fun pages(distinct: Boolean): Flow<Page<T>> = flow {
        walk(distinct).use { walk ->
            while (true) {
                emit(walk.next() ?: break)
            }
        }
    }
}

/**
 * One page of a list.
 *
 * @property items the items of this page.
 * @property number this page's number, from 1.
 * @property nextNumber the number of the next page; null at the end.
 * @property pagination where the page stands, if the server said so.
 * @property metadata how the page came.
 */
public class Page<T : Any> internal constructor(
    public val items: List<T>,
    public val number: Long,
    public val nextNumber: Long?,
    public val pagination: Pagination?,
    public val metadata: Metadata,
    private val next: suspend () -> Page<T>?,
) {
    /** Whether the list goes on. */
    public val hasNextPage: Boolean get() = nextNumber != null

    /** Fetches the next page; null at the end. */
    @JvmSynthetic
    public suspend fun nextPage(): Page<T>? = next()

    /** [nextPage] for Java. */
    public fun nextPageAsync(): CompletableFuture<Page<T>?> = future { next() }

    override fun toString(): String = "Page(number=$number, ${items.size} items, $pagination)"
}

/** The generated walks over groups and over plans have no type in common. */
internal class Pager<T : Any>(
    private val step: suspend () -> Page<T>?,
    private val end: () -> Unit,
) : AutoCloseable {
    suspend fun next(): Page<T>? = step()

    override fun close() = end()
}

internal fun NativeGroupPager.toWalk(): Pager<Group> =
    Pager({ translating { next(null) }?.toPage() }, ::close)

internal fun NativePlanPager.toWalk(): Pager<Plan> =
    Pager({ translating { next(null) }?.toPage() }, ::close)

internal fun NativeGroupPage.toPage(): Page<Group> {
    val (items, number, nextNumber, pagination, metadata) = translated { contents() }
    return Page(items, number, nextNumber, pagination, metadata) {
        translating { nextPage(null) }?.toPage()
    }
}

internal fun NativePlanPage.toPage(): Page<Plan> {
    val (items, number, nextNumber, pagination, metadata) = translated { contents() }
    return Page(items, number, nextNumber, pagination, metadata) {
        translating { nextPage(null) }?.toPage()
    }
}
