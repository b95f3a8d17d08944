// `BenchSwift CLIENT WORKLOAD URL UNITS` runs one workload and prints one line of JSON.

import Foundation

let group = "grp_C506ZkHHTlKfgy16G-000001"
let key = "vit_apk_bench"
let memberCount = 10_000

protocol BenchClient: Sendable {
    associatedtype People: Sendable
    func retrieve() async throws -> Int
    func page() async throws -> Int
    func all(prefetch: Int) async throws -> Int
    func roster() -> People
    func submit(_ roster: People) async throws -> Int
}

func read(_ name: String, _ reference: String) -> Int { name.utf8.count + reference.utf8.count }

func memory(_ which: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(which) } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
}

func microseconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}


func inFlight(_ width: Int, _ count: Int, _ call: @escaping @Sendable () async throws -> Int) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { tasks in
        for number in 0..<width {
            let share = count / width + (number < count % width ? 1 : 0)
            tasks.addTask {
                var total = 0
                for _ in 0..<share { total += try await call() }
                return total
            }
        }
        return try await tasks.reduce(0, +)
    }
}

func runWorkload<C: BenchClient>(_ client: C, _ workload: String, _ units: Int) async throws {
    let parts = workload.split(separator: "-")
    let (kind, prefetch) = (String(parts[0]), parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    _ = try await client.retrieve()
    let roster = kind == "W5" ? client.roster() : nil

    func work(_ count: Int) async throws -> Int {
        var total = 0
        switch kind {
        case "W1": for _ in 0..<count { total += try await client.retrieve() }
        case "W2": for _ in 0..<count { total += try await client.page() }
        case "W3": total = try await inFlight(64, count) { try await client.retrieve() }
        case "W4": total = try await client.all(prefetch: prefetch)
        default: for _ in 0..<count { total += try await client.submit(roster!) }
        }
        return total
    }

    if kind != "W4" && kind != "W5" { _ = try await work(min(units / 10, 200)) }
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    let before = memory("VmRSS")
    let (wall, cpu) = (microseconds(CLOCK_MONOTONIC), microseconds(CLOCK_PROCESS_CPUTIME_ID))
    let check = try await work(units)
    let cpuTook = microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    let wallTook = microseconds(CLOCK_MONOTONIC) - wall
    let growth = memory("VmHWM") - before
    print(
        #"{"cpu_us":\#(cpuTook),"wall_us":\#(wallTook),"growth_kb":\#(growth),"units":\#(units),"check":\#(check)}"#)
}

/// `exit MODE URL SLOW_URL`: exits with code 3, with or without calls in flight.
func leave(_ mode: String, _ url: String, _ slowUrl: String) async throws -> Never {
    _ = try await Ours(url).retrieve()
    if mode == "in-flight" {
        let slow = try Ours(slowUrl)
        for _ in 0..<16 { Task { try await slow.retrieve() } }
        _ = try await Ours(url).retrieve()
    }
    exit(3)
}

@main
struct Workloads {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments[1] == "exit" { try await leave(arguments[2], arguments[3], arguments[4]) }
        let (name, workload, url, units) = (arguments[1], arguments[2], arguments[3], Int(arguments[4])!)
        switch name {
        case "ours": try await runWorkload(Ours(url), workload, units)
        default: try await runWorkload(Session(url), workload, units)
        }
        exit(0)
    }
}
