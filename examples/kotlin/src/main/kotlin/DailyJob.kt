package example

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
 * The daily job: check a roster, show what it will change, sync it, wait, and report the outcome.
 *
 * `DailyJob GROUP_REFERENCE ROSTER PREVIOUS_ROSTER`, or `--first-sync` instead of the previous roster
 * for a group that was never synced, with `VITABLE_CONNECT_BASE_URL` naming the API or a sandbox.
 */
fun main(arguments: Array<String>) {
    if (arguments.size != 3) {
        System.err.println("usage: DailyJob GROUP_REFERENCE ROSTER (PREVIOUS_ROSTER | --first-sync)")
        exitProcess(2)
    }
    val (reference, file, last) = arguments
    val previous = if (last == "--first-sync") null else Path.of(last)
    val job = DailyJob(ClientOptions(), ::fetchToken)
    exitProcess(runBlocking { job.run(reference, Path.of(file), previous) })
}

/** Stands for a call to your own server, which holds the API key and hands out short-lived tokens. */
private fun fetchToken(): AccessToken =
    AccessToken(System.getenv("DEMO_ACCESS_TOKEN") ?: "vit_at_demo", Duration.ofMinutes(15))

class DailyJob(options: ClientOptions, private val fetchToken: suspend () -> AccessToken) {
    private val client = VitableConnect(options, TokenProvider { fetchToken() })

    /** Returns the exit code: 0 succeeded, 1 the outcome needs attention, 3 nothing was sent. */
    suspend fun run(reference: String, file: Path, last: Path?): Int = client.use {
        val plans = client.plans.list().toList(limit = 1_000).map { it.id }
        val roster = Roster.read(file)
        val previous = last?.let { Roster.read(it) }

        val report = roster.check(planIds = plans)
        println("$file: ${report.rows} rows, ${report.errors} errors, ${report.warnings} warnings")
        report.findings.filter { it.severity == Severity.ERROR }.forEach { println("  $it") }
        previous?.let { println(roster.diff(it)) }

        val group = client.groups.getOrCreate(reference, name = reference)
        // A limit of removals belongs here, too; unless set, it is 10% or 3 members.
        val options = ApplyOptions(firstSync = previous == null)
        try {
            val applied = client.groups.members.sync.apply(group.id, roster, previous, options) {
                println("poll ${it.polls}: ${if (it.state?.isCompleted == true) "done" else "in progress"}")
            }
            println(applied.outcome)
            // Rows that failed, changes that were not planned, results that are missing.
            if (applied.outcome.status == OutcomeStatus.SUCCEEDED) 0 else 1
        } catch (refused: InvalidRosterException) {
            println("not sent: the roster has errors")
            3
        } catch (refused: RosterGuardException) {
            println("not sent: ${refused.message}")
            3
        }
    }
}
