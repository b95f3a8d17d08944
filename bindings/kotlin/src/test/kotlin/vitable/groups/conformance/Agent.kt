package vitable.groups.conformance

import java.util.concurrent.CancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.supervisorScope
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import vitable.groups.*
import vitable.groups.support.*

/** Makes the calls of one session of the harness. */
internal class Agent(private val harness: Harness, private val session: String) {
    private val clients = mutableListOf<VitableConnect>()
    private val pages = mutableMapOf<String, Page<*>>()

    suspend fun run() {
        var outcome: JsonElement = JsonNull
        while (true) outcome = outcome(harness.post(session, outcome) as? JsonObject ?: return close())
    }

    private fun close() {
        clients.forEach(VitableConnect::close)
        clients.clear()
        pages.clear()
    }

    private suspend fun outcome(call: JsonObject): JsonObject {
        if (call.flag("fresh")) close()
        val runner = CallRunner()
        val reported = try {
            "result" to result(call, runner)
        } catch (failure: VitableConnectException) {
            "error" to canonical(failure)
        } catch (_: CancellationException) {
            "error" to fields("kind" to "aborted")
        } catch (other: Exception) {
            "error" to fields("kind" to "foreign", "text" to "$other")
        }
        call.text("save")?.let { name -> runner.page?.let { pages[name] = it } }
        return fields(reported, "meta" to runner.meta, "before" to runner.before, "progress" to runner.progress.toList())
    }

    private suspend fun result(call: JsonObject, runner: CallRunner): JsonElement? {
        val (name, params) = call.text("call")!! to call.inner("params")!!
        when (name) {
            "client.new" -> {
                val variables = params.inner("variables")!!.mapValues { it.value.content!! }
                // Loading the system's certificates would take most of a scenario's time.
                val options = clientOptions(params).copy(tlsRoots = TlsRoots.Bundled)
                return use(VitableConnect.tuned(options, tokens(params), tuning(params, variables)))
            }
            "client.derive" -> return use(clients.last().withOptions(clientOptions(params), tokens(params)))
            "client.close" -> return null.also { clients.last().close() }
            "client.set_api_key" -> return null.also { clients.last().setApiKey(params.text("api_key")!!) }
            "page.next" -> return runner.next(pages.getValue(params.text("page")!!))
        }
        if (name.startsWith("roster.")) return runRosterCall(name, params)
        val options = call.inner("options")!!
        if (!call.flag("cancel")) return runner.run(clients.last(), name, params, options)
        return supervisorScope {
            val job = async { runner.run(clients.last(), name, params, options) }
            harness.post("$session/hanging")
            job.cancel()
            job.await()
        }
    }

    private fun use(client: VitableConnect): JsonObject {
        clients += client
        return fields("base_url" to client.baseUrl.trimEnd('/'))
    }
}
