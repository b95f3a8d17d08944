package vitable.groups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitable.groups.support.Sandbox;
import vitable.groups.support.SandboxKt;

/** The Java API: builders and futures instead of coroutines. */
class JavaTest {
    private final VitableConnect client = VitableConnect.builder()
        .baseUrl(Sandbox.INSTANCE.getUrl())
        .tokenProvider(() -> CompletableFuture.completedFuture(
            new AccessToken("vit_at_test", Duration.ofMinutes(15))))
        .maxRetries(0)
        .timeout(Duration.ofSeconds(30))
        .defaultHeader("X-App", "java")
        .build();
    private final VitableConnectAsync async = client.async();
    private final MemberSyncsAsync syncs = async.getGroups().getMembers().getSync();

    @BeforeEach
    void reset() {
        Sandbox.INSTANCE.reset();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static Member member(String reference) {
        return new MemberBuilder(reference)
            .name("Jane", "Doe")
            .dateOfBirth("1990-05-15")
            .planId(SandboxKt.BASIC_PLAN)
            .address("123 Main Street", "San Francisco", "CA", "94102")
            .email(reference + "@example.com")
            .phone(null)
            .build();
    }

    @Test
    void operationsReturnFutures() {
        Group created = async.getGroups().create("tier-1", "Tier 1").join();
        Group renamed = async.getGroups().update(created.getId(), null, "Tier One").join();
        assertEquals("Tier One", renamed.getName());
        assertEquals(renamed, async.getGroups().findByExternalReferenceId("tier-1").join());
        RequestOptions options = new RequestOptionsBuilder().header("X-Job", "nightly").build();
        Response<Group> response = async.getGroups().retrieveWithResponse(created.getId(), options).join();
        assertEquals(200, response.getMetadata().getStatus());
        assertTrue(Sandbox.INSTANCE.requests().contains("[\"x-job\",\"nightly\"]"));
        assertTrue(Sandbox.INSTANCE.requests().contains("[\"x-app\",\"java\"]"));
    }

    @Test
    void listsCanBePagedThroughOrCollected() {
        Sandbox.INSTANCE.control("POST", "/seed", "{\"many_groups\": {\"count\": 5, \"prefix\": \"s\"}}");
        PagedList<Group> list = client.getGroups().list(2L);
        Page<Group> page = async.page(list).join();
        int pages = 1;
        while ((page = page.nextPageAsync().join()) != null) {
            pages++;
        }
        assertEquals(3, pages);
        assertEquals(5, async.collect(list, 100).join().size());
        assertEquals(2, async.collect(client.getPlans().list(), 100).join().size());
    }

    @Test
    void errorsHaveOneClassPerKind() {
        CompletionException thrown = assertThrows(CompletionException.class,
            () -> async.getGroups().retrieve("grp_none").join());
        NotFoundException error = assertInstanceOf(NotFoundException.class, thrown.getCause());
        assertEquals(404, error.getStatus());
        assertEquals(ErrorKind.NOT_FOUND, error.getKind());
    }

    @Test
    void rostersAreSubmittedAndWaitedFor() {
        Group group = async.getGroups().getOrCreate("tier-1", "Tier 1").join();
        WaitOptions fastPolls = new WaitOptionsBuilder().pollInterval(Duration.ofMillis(5)).build();
        List<SyncProgress> progress = Collections.synchronizedList(new ArrayList<>());
        try (Roster roster = new Roster(List.of(member("EMP-1"), member("EMP-2")))) {
            assertTrue(roster.check().isOk());
            SyncState state =
                syncs.submitAndWait(group.getId(), roster, fastPolls, progress::add).join();
            assertEquals(2, state.getResults().getAddedGroupMemberIds().size());
            assertTrue(roster.outcome(state.getResults(), null, true).isOk());
        }
        assertFalse(progress.isEmpty());
        assertEquals(Field.Null.INSTANCE, member("EMP-1").getPhone());
    }

    @Test
    void readOptionsHaveABuilder() {
        String csv = "reference_id,first_name,last_name,dob,street,city,state,zip,Badge\n"
            + "E1,A,B,1990-01-01,\"1 Main\nFlat 2\",Reno,NV,89501,7\n";
        ReadOptions options = new ReadOptionsBuilder()
            .defaultPlanId(SandboxKt.BASIC_PLAN).column("Badge", null).multiLineCells().build();
        try (Roster roster = Roster.read(csv.getBytes(), options)) {
            assertEquals("1 Main\nFlat 2", roster.getMembers().get(0).getAddress().getAddressLine1());
            assertEquals(SandboxKt.BASIC_PLAN, roster.getMembers().get(0).getPlanId());
        }
    }

    private static Roster roster(int count) {
        return new Roster(IntStream.range(0, count).mapToObj(number -> member("EMP-" + number)).toList());
    }

    private RosterGuardException blocked(CompletableFuture<ApplyResult> call) {
        CompletionException thrown = assertThrows(CompletionException.class, call::join);
        return assertInstanceOf(RosterGuardException.class, thrown.getCause());
    }

    @Test
    void halvedRostersAreBlocked() {
        Group group = async.getGroups().create("tier-1", "Tier 1").join();
        WaitOptions fastPolls = new WaitOptionsBuilder().pollInterval(Duration.ofMillis(5)).build();
        try (Roster all = roster(1_000); Roster half = roster(500)) {
            syncs.submitAndWait(group.getId(), all, fastPolls).join();
            RosterGuardException unknown = blocked(syncs.apply(group.getId(), half));
            assertTrue(unknown.getDetails().getReport().contains("no_baseline"));
            RosterGuardException halved = blocked(syncs.apply(group.getId(), half, all));
            assertTrue(halved.getDetails().getReport().contains("too_many_removals"));
            assertEquals(1_000, Sandbox.INSTANCE.subscriptions());

            assertThrows(RosterGuardException.class, () -> half.guard(all));
            GuardOptions guard = new GuardOptionsBuilder().maxRemovals("50%").build();
            half.guard(all, false, guard);

            ApplyOptions lifted = new ApplyOptionsBuilder().maxRemovals("100%").waitOptions(fastPolls).build();
            Outcome outcome = syncs.apply(group.getId(), half, all, lifted).join().getOutcome();
            assertEquals(OutcomeStatus.SUCCEEDED, outcome.getStatus());
            assertEquals(500L, outcome.getRemoved());
        }
        assertEquals(500, Sandbox.INSTANCE.subscriptions());
    }

    @Test
    void groupAfterIsThePreviousRosterOfTheNextSync() {
        String group = async.getGroups().create("tier-1", "Tier 1").join().getId();
        WaitOptions fastPolls = new WaitOptionsBuilder().pollInterval(Duration.ofMillis(5)).build();
        ApplyOptions first = new ApplyOptionsBuilder().firstSync().waitOptions(fastPolls).build();
        ApplyOptions options = new ApplyOptionsBuilder().waitOptions(fastPolls).build();
        Member wrong = new MemberBuilder("EMP-9").name("Jane", "Doe").dateOfBirth("1990-05-15")
            .planId("pln_none").address("123 Main Street", "San Francisco", "CA", "94102").build();
        try (Roster failing = new Roster(List.of(member("EMP-1"), wrong));
            Roster fixed = new Roster(List.of(member("EMP-1"), member("EMP-9")))) {
            ApplyResult one = syncs.apply(group, failing, null, first).join();
            ApplyResult two = syncs.apply(group, failing, one.getGroupAfter(), options).join();
            assertEquals(OutcomeStatus.ROWS_FAILED, one.getOutcome().getStatus());
            assertEquals(OutcomeStatus.ROWS_FAILED, two.getOutcome().getStatus());
            assertEquals(1, two.getGroupAfter().getSize());
            ApplyResult three = syncs.apply(group, fixed, two.getGroupAfter(), options).join();
            assertEquals(OutcomeStatus.SUCCEEDED, three.getOutcome().getStatus());
            assertEquals(2, fixed.after(three.getState().getResults(), two.getGroupAfter()).getSize());
        }
    }

    @Test
    void firstSyncMustBeExplicit() {
        Group group = async.getGroups().create("tier-1", "Tier 1").join();
        ApplyOptions first = new ApplyOptionsBuilder().firstSync().build();
        try (Roster roster = roster(2); VitableConnect other = Sandbox.INSTANCE.client(new ClientOptions())) {
            MemberSyncsAsync sync = other.async().getGroups().getMembers().getSync();
            blocked(sync.apply(group.getId(), roster));
            blocked(sync.apply(group.getId(), roster, roster, first));
            assertEquals(0, Sandbox.INSTANCE.subscriptions());
            assertTrue(sync.apply(group.getId(), roster, null, first).join().getOutcome().isOk());
        }
        assertEquals(2, Sandbox.INSTANCE.subscriptions());
    }
}
