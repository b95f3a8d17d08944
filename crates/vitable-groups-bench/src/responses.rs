//! Precomputed responses of the API.

/// The number of groups on the server.
pub const GROUPS: usize = 100_000;
/// The number of groups on a page.
pub const PAGE: usize = 100;
/// The number of members in the submitted roster.
pub const MEMBERS: usize = 10_000;

/// One group, as JSON.
pub fn group(n: usize) -> String {
    format!(
        r#"{{"id":"grp_C506ZkHHTlKfgy16G-{n:06}","organization_id":"org_PyschJpXTw6LHWwuWn2fEA","name":"Tier {n:06}","external_reference_id":"mol_seg_{n:06}","created_at":"2026-01-15T10:30:00Z","updated_at":"2026-01-15T10:30:00Z"}}"#
    )
}

/// One page of groups, counted from 1; past the end it is empty.
pub fn page(number: usize) -> String {
    let first = (number.max(1) - 1) * PAGE;
    let items: Vec<_> = (first..GROUPS.min(first + PAGE)).map(group).collect();
    format!(
        r#"{{"data":[{}],"pagination":{{"page":{number},"limit":{PAGE},"total":{GROUPS},"total_pages":{}}}}}"#,
        items.join(","),
        GROUPS / PAGE
    )
}

/// The response body of a retrieve.
pub fn envelope() -> String {
    format!(r#"{{"data":{}}}"#, group(1))
}

/// The response body of a submit.
pub const RECEIPT: &str = r#"{"data":{"request_id":"gmsr_C506ZkHHTlKfgy16G-tTJA","group_id":"grp_C506ZkHHTlKfgy16G-000001","accepted_at":"2026-01-15T10:30:00Z"}}"#;

/// The response body of retrieving a sync.
pub const STATE: &str = r#"{"data":{"request_id":"gmsr_C506ZkHHTlKfgy16G-tTJA","group_id":"grp_C506ZkHHTlKfgy16G-000001","accepted_at":"2026-01-15T10:30:00Z","completed_at":"2026-01-15T10:31:00Z","results":{"added_group_member_ids":[],"removed_group_member_ids":[],"failures":[]}}}"#;

/// A roster file with this many rows; `version` changes some of them.
pub fn csv(rows: usize, version: usize) -> String {
    use std::fmt::Write as _;
    let mut text = "reference_id,first_name,last_name,date_of_birth,phone,email,plan_id,address_line_1,city,state,zipcode\n".to_owned();
    for n in 0..rows {
        // Of 100 members, one is replaced and one has moved.
        let (id, street) = match n % 100 {
            7 => (n + version * rows, n),
            8 => (n, n + version),
            _ => (n, n),
        };
        let _ = writeln!(
            text,
            "EMP-{id:06},Ann,Lee,1990-01-01,4155550100,ann.lee.{n}@example.com,pln_C506ZkHHTlKfgy16G-tTJQ,{street} Main Street,Springfield,IL,62701"
        );
    }
    text
}
