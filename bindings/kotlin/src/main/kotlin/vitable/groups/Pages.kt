package vitable.groups

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList

/**
 * A paginated list. Pages are fetched on demand. Canceling the collector closes the connection.
 */
public class PagedList<T : Any> internal constructor(
    private val firstPage: suspend () -> Page<T>,
    private val newPager: (distinct: Boolean) -> Pager<T>,
) {
    /** Fetches the first page, or the page the list was created with. */
    @JvmSynthetic
    public suspend fun page(): Page<T> = firstPage()

    /** The pages in order; each collector starts over. An error ends the flow. */
    public fun pages(): Flow<Page<T>> = pages(distinct = false)

    /** The items of all pages, each ID once; each collector starts over. */
    public fun items(): Flow<T> = flow {
        pages(distinct = true).collect { page -> page.items.forEach { emit(it) } }
    }

    /** Collects the items, up to [limit]. */
    @JvmSynthetic
    public suspend fun toList(limit: Int): List<T> = items().take(limit).toList()

    private fun pages(distinct: Boolean): Flow<Page<T>> = flow {
        newPager(distinct).use { pager ->
            while (true) {
                emit(pager.next() ?: break)
            }
        }
    }
}

/**
 * One page of a list.
 *
 * @property items the items on this page.
 * @property number the page number, from 1.
 * @property nextNumber the number of the next page; null on the last page.
 * @property pagination the page's position in the list, if the server returned it.
 * @property metadata the response metadata.
 */
public class Page<T : Any> internal constructor(
    public val items: List<T>,
    public val number: Long,
    public val nextNumber: Long?,
    public val pagination: Pagination?,
    public val metadata: Metadata,
    private val next: suspend () -> Page<T>?,
) {
    /** Whether there is another page. */
    public val hasNextPage: Boolean get() = nextNumber != null

    /** Fetches the next page; null after the last page. */
    @JvmSynthetic
    public suspend fun nextPage(): Page<T>? = next()

    /** [nextPage] for Java. */
    public fun nextPageAsync(): CompletableFuture<Page<T>?> = future { next() }

    override fun toString(): String = "Page(number=$number, ${items.size} items, $pagination)"
}

/** Wraps the generated pagers of groups and of plans, which have no type in common. */
internal class Pager<T : Any>(
    private val fetchNext: suspend () -> Page<T>?,
    private val free: () -> Unit,
) : AutoCloseable {
    suspend fun next(): Page<T>? = fetchNext()

    override fun close() = free()
}

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
