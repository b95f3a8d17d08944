package vitable.groups

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.future.future

/** Runs a call as a future. The native library's threads do the work; these only deliver the result. */
internal fun <T> future(call: suspend () -> T): CompletableFuture<T> =
    CoroutineScope(SupervisorJob() + Dispatchers.Default).future { call() }
