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
 * The daily job: check a roster, show what it will change, sync it, wait, and report the outcome.
 *
 * `DailyJob GROUP_REFERENCE ROSTER HELD [--first-sync]`, with `VITABLE_CONNECT_BASE_URL` naming the API
 * or a sandbox. HELD is the job's own file: what the group holds after a sync, with which the next one
 * compares. `--first-sync` says that the group was never synced.
 */
fun main(arguments: Array<String>) {
    val firstSync = arguments.getOrNull(3) == "--first-sync"
    if (arguments.size != (if (firstSync) 4 else 3)) {
        System.err.println("usage: DailyJob GROUP_REFERENCE ROSTER HELD [--first-sync]")
        exitProcess(2)
    }
    val (reference, file, held) = arguments
    val job = DailyJob(ClientOptions(), ::fetchToken)
    exitProcess(runBlocking { job.run(reference, Path.of(file), Path.of(held), firstSync) })
}

/** Stands for a call to your own server, which holds the API key and hands out short-lived tokens. */
private fun fetchToken(): AccessToken =
    AccessToken(System.getenv("DEMO_ACCESS_TOKEN") ?: "vit_at_demo", Duration.ofMinutes(15))

class DailyJob(options: ClientOptions, private val fetchToken: suspend () -> AccessToken) {
    private val client = VitableConnect(options, TokenProvider { fetchToken() })

    /** Returns the exit code: 0 succeeded, 1 the outcome needs attention, 3 nothing was sent. */
    suspend fun run(reference: String, file: Path, held: Path, firstSync: Boolean): Int = client.use {
        val plans = client.plans.list().toList(limit = 1_000).map { it.id }
        val roster = Roster.read(file)
        val previous = if (Files.exists(held)) Roster.read(held) else null

        val report = roster.check(planIds = plans)
        println("$file: ${report.rows} rows, ${report.errors} errors, ${report.warnings} warnings")
        report.findings.filter { it.severity == Severity.ERROR }.forEach { println("  $it") }
        previous?.let { println(roster.diff(it)) }

        val group = client.groups.getOrCreate(reference, name = reference)
        // A limit of removals belongs here, too; unless set, it is 10% or 3 members.
        val options = ApplyOptions(firstSync = firstSync)
        try {
            val applied = client.groups.members.sync.apply(group.id, roster, previous, options) {
                println("poll ${it.polls}: ${if (it.state?.isCompleted == true) "done" else "in progress"}")
            }
            println(applied.outcome)
            // Not the file that was sent: rows may have failed. Health data, as the file is.
            applied.groupAfter?.let { Files.write(held, it.toJson()) }
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
