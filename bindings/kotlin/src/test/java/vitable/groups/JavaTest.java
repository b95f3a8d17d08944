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

/** The library as Java sees it: builders and futures, no coroutine in sight. */
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

    @BeforeEach
    void reset() {
        Sandbox.INSTANCE.reset();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static Member person(String reference) {
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
        Group made = async.getGroups().create("tier-1", "Tier 1").join();
        Group renamed = async.getGroups().update(made.getId(), null, "Tier One").join();
        assertEquals("Tier One", renamed.getName());
        assertEquals(renamed, async.getGroups().findByExternalReferenceId("tier-1").join());
        RequestOptions options = new RequestOptionsBuilder().header("X-Job", "nightly").build();
        Response<Group> answer = async.getGroups().retrieveWithResponse(made.getId(), options).join();
        assertEquals(200, answer.getMetadata().getStatus());
        assertTrue(Sandbox.INSTANCE.requests().contains("[\"x-job\",\"nightly\"]"));
        assertTrue(Sandbox.INSTANCE.requests().contains("[\"x-app\",\"java\"]"));
    }

    @Test
    void listsAreReadPageByPageOrWhole() {
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
    void failuresAreExceptionsWithTheirOwnClass() {
        CompletionException thrown = assertThrows(CompletionException.class,
            () -> async.getGroups().retrieve("grp_none").join());
        NotFoundException error = assertInstanceOf(NotFoundException.class, thrown.getCause());
        assertEquals(404, error.getStatus());
        assertEquals(ErrorKind.NOT_FOUND, error.getKind());
    }

    @Test
    void theDailyJobRunsToItsEnd() {
        Group group = async.getGroups().getOrCreate("tier-1", "Tier 1").join();
        WaitOptions quick = new WaitOptionsBuilder().pollInterval(Duration.ofMillis(5)).build();
        List<SyncProgress> told = Collections.synchronizedList(new ArrayList<>());
        try (Roster roster = new Roster(List.of(person("EMP-1"), person("EMP-2")))) {
            assertTrue(roster.check().isOk());
            SyncState state =
                async.getSync().submitAndWait(group.getId(), roster, quick, told::add).join();
            assertEquals(2, state.getResults().getAddedGroupMemberIds().size());
            assertTrue(roster.outcome(state.getResults(), null, true).isOk());
        }
        assertFalse(told.isEmpty());
        assertEquals(Field.Null.INSTANCE, person("EMP-1").getPhone());
    }

    @Test
    void readingHasABuilder() {
        String csv = "reference_id,first_name,last_name,dob,street,city,state,zip,Badge\n"
            + "E1,A,B,1990-01-01,\"1 Main\nFlat 2\",Reno,NV,89501,7\n";
        ReadOptions options = new ReadOptionsBuilder()
            .defaultPlanId(SandboxKt.BASIC_PLAN).column("Badge", null).multiLineCells().build();
        try (Roster roster = Roster.read(csv.getBytes(), options)) {
            assertEquals("1 Main\nFlat 2", roster.getMembers().get(0).getAddress().getAddressLine1());
            assertEquals(SandboxKt.BASIC_PLAN, roster.getMembers().get(0).getPlanId());
        }
    }

    private static Roster people(int count) {
        return new Roster(IntStream.range(0, count).mapToObj(number -> person("EMP-" + number)).toList());
    }

    private RosterGuardException blocked(CompletableFuture<ApplyResult> call) {
        CompletionException thrown = assertThrows(CompletionException.class, call::join);
        return assertInstanceOf(RosterGuardException.class, thrown.getCause());
    }

    @Test
    void halfARosterEndsNoSubscription() {
        Group group = async.getGroups().create("tier-1", "Tier 1").join();
        WaitOptions quick = new WaitOptionsBuilder().pollInterval(Duration.ofMillis(5)).build();
        try (Roster all = people(1_000); Roster half = people(500)) {
            async.getSync().submitAndWait(group.getId(), all, quick).join();
            RosterGuardException unknown = blocked(async.getSync().apply(group.getId(), half));
            assertTrue(unknown.getDetails().getReport().contains("no_baseline"));
            RosterGuardException halved = blocked(async.getSync().apply(group.getId(), half, all));
            assertTrue(halved.getDetails().getReport().contains("too_many_removals"));
            assertEquals(1_000, Sandbox.INSTANCE.subscriptions());

            assertThrows(RosterGuardException.class, () -> half.guard(all));
            GuardOptions guard = new GuardOptionsBuilder().maxRemovals("50%").build();
            half.guard(all, false, guard);

            ApplyOptions lifted = new ApplyOptionsBuilder().maxRemovals("100%").waitWith(quick).build();
            Outcome outcome = async.getSync().apply(group.getId(), half, all, lifted).join().getOutcome();
            assertEquals(OutcomeStatus.SUCCEEDED, outcome.getStatus());
            assertEquals(500L, outcome.getRemoved());
        }
        assertEquals(500, Sandbox.INSTANCE.subscriptions());
    }

    @Test
    void whatTheGroupHoldsAfterASyncIsThePreviousRosterOfTheNext() {
        String group = async.getGroups().create("tier-1", "Tier 1").join().getId();
        WaitOptions quick = new WaitOptionsBuilder().pollInterval(Duration.ofMillis(5)).build();
        ApplyOptions first = new ApplyOptionsBuilder().firstSync().waitWith(quick).build();
        ApplyOptions options = new ApplyOptionsBuilder().waitWith(quick).build();
        Member wrong = new MemberBuilder("EMP-9").name("Jane", "Doe").dateOfBirth("1990-05-15")
            .planId("pln_none").address("123 Main Street", "San Francisco", "CA", "94102").build();
        try (Roster failing = new Roster(List.of(person("EMP-1"), wrong));
            Roster fixed = new Roster(List.of(person("EMP-1"), person("EMP-9")))) {
            ApplyResult one = async.getSync().apply(group, failing, null, first).join();
            ApplyResult two = async.getSync().apply(group, failing, one.getGroupAfter(), options).join();
            assertEquals(OutcomeStatus.ROWS_FAILED, one.getOutcome().getStatus());
            assertEquals(OutcomeStatus.ROWS_FAILED, two.getOutcome().getStatus());
            assertEquals(1, two.getGroupAfter().getSize());
            ApplyResult three = async.getSync().apply(group, fixed, two.getGroupAfter(), options).join();
            assertEquals(OutcomeStatus.SUCCEEDED, three.getOutcome().getStatus());
            assertEquals(2, fixed.after(three.getState().getResults(), two.getGroupAfter()).getSize());
        }
    }

    @Test
    void aFirstSyncIsSaidOutLoud() {
        Group group = async.getGroups().create("tier-1", "Tier 1").join();
        ApplyOptions first = new ApplyOptionsBuilder().firstSync().build();
        try (Roster roster = people(2); VitableConnect other = Sandbox.INSTANCE.client(new ClientOptions())) {
            SyncAsync sync = other.async().getSync();
            blocked(sync.apply(group.getId(), roster));
            blocked(sync.apply(group.getId(), roster, roster, first));
            assertEquals(0, Sandbox.INSTANCE.subscriptions());
            assertTrue(sync.apply(group.getId(), roster, null, first).join().getOutcome().isOk());
        }
        assertEquals(2, Sandbox.INSTANCE.subscriptions());
    }
}
