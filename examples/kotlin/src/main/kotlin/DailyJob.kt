package example

import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import vitable.groups.AccessToken
import vitable.groups.ApplyOptions
import vitable.groups.ClientOptions
import vitable.groups.InvalidRosterException
import vitable.groups.OutcomeStatus
import vitable.groups.Roster
import vitable.groups.RosterGuardException
import vitable.groups.Severity
import vitable.groups.TokenProvider
import vitable.groups.VitableConnect

/**
 * A daily job: checks a roster, shows what it changes, syncs it, waits, and reports the outcome.
 *
 * Usage: `DailyJob GROUP_REFERENCE ROSTER BASELINE [--first-sync]`. Set `VITABLE_CONNECT_BASE_URL` to the
 * API or a sandbox. The job writes what the group holds after a sync to the file BASELINE, with which the
 * next sync compares. Pass `--first-sync` if the group was never synced.
 */
fun main(arguments: Array<String>) {
    val firstSync = arguments.getOrNull(3) == "--first-sync"
    if (arguments.size != (if (firstSync) 4 else 3)) {
        System.err.println("usage: DailyJob GROUP_REFERENCE ROSTER BASELINE [--first-sync]")
        exitProcess(2)
    }
    val (reference, file, baseline) = arguments
    val job = DailyJob(ClientOptions(), ::fetchToken)
    exitProcess(runBlocking { job.run(reference, Path.of(file), Path.of(baseline), firstSync) })
}

/** A placeholder for a call to your own server, which holds the API key and issues short-lived tokens. */
private fun fetchToken(): AccessToken =
    AccessToken(System.getenv("DEMO_ACCESS_TOKEN") ?: "vit_at_demo", Duration.ofMinutes(15))

class DailyJob(options: ClientOptions, private val fetchToken: suspend () -> AccessToken) {
    private val client = VitableConnect(options, TokenProvider { fetchToken() })

    /** Returns the exit code: 0 succeeded, 1 the outcome needs attention, 3 nothing was sent. */
    suspend fun run(reference: String, file: Path, baseline: Path, firstSync: Boolean): Int = client.use {
        val plans = client.plans.list().toList(limit = 1_000).map { it.id }
        val roster = Roster.read(file)
        val previous = if (Files.exists(baseline)) Roster.read(baseline) else null

        val report = roster.check(planIds = plans)
        println("$file: ${report.rows} rows, ${report.errors} errors, ${report.warnings} warnings")
        report.findings.filter { it.severity == Severity.ERROR }.forEach { println("  $it") }
        previous?.let { println(roster.diff(it)) }

        val group = client.groups.getOrCreate(reference, name = reference)
        // Set a limit on removals here; the default is 10% or 3 members, whichever is more.
        val options = ApplyOptions(firstSync = firstSync)
        try {
            val result = client.groups.members.sync.apply(group.id, roster, previous, options) {
                println("poll ${it.polls}: ${if (it.state?.isCompleted == true) "completed" else "in progress"}")
            }
            println(result.outcome)
            // Not the submitted file, as rows may have failed. Health data.
            result.groupAfter?.let { Files.write(baseline, it.toJson()) }
            // Anything else: failed rows, unplanned changes or missing results.
            if (result.outcome.status == OutcomeStatus.SUCCEEDED) 0 else 1
        } catch (error: InvalidRosterException) {
            println("not sent: the roster has errors")
            3
        } catch (error: RosterGuardException) {
            println("not sent: ${error.message}")
            3
        }
    }
}
