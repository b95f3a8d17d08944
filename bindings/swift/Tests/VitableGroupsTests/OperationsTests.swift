import Foundation
import Testing
import VitableGroups

extension Sandboxed {
    @Suite struct Operations {
        @Test func aGroupIsCreatedRetrievedAndUpdated() async throws {
            let sandbox = try await Sandbox()
            let groups = try sandbox.client().groups
            let created = try await groups.create(externalReferenceId: "tier-1", name: "Tier 1")
            #expect(created.id.hasPrefix("grp_"))
            #expect(try #require(created.createdAt) > Date(timeIntervalSince1970: 1_577_836_800))
            #expect(try await groups.retrieve(created.id) == created)

            let renamed = try await groups.update(created.id, name: "Tier One")
            #expect(renamed.name == "Tier One" && renamed.externalReferenceId == "tier-1")
            #expect(try await sandbox.requests().last?["body"] as? String == #"{"name":"Tier One"}"#)

            let params = GroupUpdateParams(externalReferenceId: "tier-one", name: .absent)
            #expect(try await groups.update(created.id, params).externalReferenceId == "tier-one")
        }

        @Test func groupsAreFoundByReferenceIDAndCreatedOnce() async throws {
            let groups = try await Sandbox().client().groups
            #expect(try await groups.find(byExternalReferenceId: "tier-1") == nil)
            let created = try await groups.getOrCreate(externalReferenceId: "tier-1", name: "Tier 1")
            #expect(try await groups.getOrCreate(externalReferenceId: "tier-1", name: "Tier 1") == created)
            #expect(try await groups.find(byExternalReferenceId: "tier-1") == created)
        }

        @Test func pagesAndItemsAreInOrderAndFetchedOnDemand() async throws {
            let sandbox = try await Sandbox()
            try await sandbox.post("/seed", #"{"many_groups": {"count": 25, "prefix": "seed"}}"#)
            let list = try sandbox.client().groups.list(limit: 10)

            var sizes: [Int] = []
            for try await page in list.pages { sizes.append(page.items.count) }
            #expect(sizes == [10, 10, 5])

            var ids: Set<String> = []
            for try await group in list { ids.insert(group.id) }
            #expect(ids.count == 25)
            let prefetched = try sandbox.client().groups.list(limit: 10, prefetch: 3)
            #expect(try await prefetched.collect(limit: 1_000).count == 25)

            let first = try await list.page()
            #expect(first.pagination?.totalPages == 3 && first.hasNextPage)
            let second = try #require(try await first.nextPage())
            #expect(second.number == 2 && second.metadata.status == 200)
            let third = try #require(try await second.nextPage())
            #expect(try await third.nextPage() == nil)

            let before = try await sandbox.requests().count
            #expect(try await list.collect(limit: 5).count == 5)
            #expect(try await sandbox.requests().count == before + 1)
        }

        @Test func plansAreListed() async throws {
            let plans = try await Sandbox().client().plans
            #expect(try await plans.list().collect(limit: 10).map(\.id) == [basicPlan, premiumPlan])
            #expect(try await plans.list(limit: 1).page().items.count == 1)
        }

        @Test func aRosterIsSubmittedAndItsSyncRetrieved() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            let sync = client.groups.members.sync
            let receipt = try await sync.submit([member("EMP-1")], to: group.id)
            #expect(receipt.groupId == group.id)
            let handle = SyncHandle(groupId: group.id, requestId: receipt.requestId)
            let state = try await sync.wait(for: handle)
            #expect(state.isCompleted && state.results?.addedGroupMemberIds.count == 1)
            #expect(try await sync.retrieve(receipt.requestId, groupId: group.id) == state)
        }

        @Test func responsesIncludeMetadata() async throws {
            let sandbox = try await Sandbox()
            try await sandbox.fault(
                #"{"operation": "groups.create", "status": 503, "headers": {"retry-after-ms": "1"}}"#)
            let groups = try sandbox.client().groups.withResponse
            let response = try await groups.create(externalReferenceId: "t", name: "T")
            #expect(response.metadata.status == 201)
            #expect(response.metadata.attempts.map(\.status) == [503, 201])
            #expect(response.metadata.idempotencyKey != nil && !response.metadata.recovered)
            #expect(response.metadata.headers["content-type"] == "application/json")
        }

        @Test func requestOptionsAreSent() async throws {
            let sandbox = try await Sandbox()
            let options = RequestOptions(
                headers: ["X-Job": "nightly", "User-Agent": nil], query: ["trace": "a b"],
                body: ["tier": "2"], idempotencyKey: "key-1",
                organization: "org_PyschJpXTw6LHWwuWn2fEA")
            _ = try await sandbox.client().groups.create(
                externalReferenceId: "t", name: "T", options: options)
            let request = try #require(try await sandbox.requests().last)
            let headers = sandbox.headers(of: request)
            #expect(headers["x-job"] == "nightly" && headers["idempotency-key"] == "key-1")
            #expect(headers["x-vitable-organization"] == "org_PyschJpXTw6LHWwuWn2fEA")
            #expect(headers["user-agent"] == nil)
            #expect(request["query"] as? String == "trace=a%20b")
            #expect((request["body"] as? String)?.contains(#""tier":2"#) == true)
        }

        @Test func anyEndpointCanBeCalled() async throws {
            let client = try await Sandbox().client()
            let created = try await client.post(
                "/v1/groups", json: #"{"external_reference_id": "r", "name": "n"}"#)
            #expect(created.metadata.status == 201)
            let list = try await client.get("/v1/groups", options: RequestOptions(query: ["limit": "5"]))
            #expect(String(decoding: list.body, as: UTF8.self).contains(#""external_reference_id":"r""#))
            let missing = try await thrownError { try await client.patch("/v1/groups/grp_x", json: "{}") }
            #expect(missing.details.status == 404)
        }
    }
}
