//! The answers of the API, made up once.

/// How many groups the server has.
pub const GROUPS: usize = 100_000;
/// How many there are on a page.
pub const PAGE: usize = 100;
/// How many members a submitted roster has.
pub const MEMBERS: usize = 10_000;

/// One group, as JSON.
pub fn group(n: usize) -> String {
    format!(
        r#"{{"id":"grp_C506ZkHHTlKfgy16G-{n:06}","organization_id":"org_PyschJpXTw6LHWwuWn2fEA","name":"Tier {n:06}","external_reference_id":"mol_seg_{n:06}","created_at":"2026-01-15T10:30:00Z","updated_at":"2026-01-15T10:30:00Z"}}"#
    )
}

/// One page of groups, from 1; past the end it is empty.
pub fn page(number: usize) -> String {
    let first = (number.max(1) - 1) * PAGE;
    let items: Vec<_> = (first..GROUPS.min(first + PAGE)).map(group).collect();
    format!(
        r#"{{"data":[{}],"pagination":{{"page":{number},"limit":{PAGE},"total":{GROUPS},"total_pages":{}}}}}"#,
        items.join(","),
        GROUPS / PAGE
    )
}

/// What a retrieve answers.
pub fn envelope() -> String {
    format!(r#"{{"data":{}}}"#, group(1))
}

/// What a submit answers.
pub const RECEIPT: &str = r#"{"data":{"request_id":"gmsr_C506ZkHHTlKfgy16G-tTJA","group_id":"grp_C506ZkHHTlKfgy16G-000001","accepted_at":"2026-01-15T10:30:00Z"}}"#;

/// What the retrieve of a sync answers.
pub const STATE: &str = r#"{"data":{"request_id":"gmsr_C506ZkHHTlKfgy16G-tTJA","group_id":"grp_C506ZkHHTlKfgy16G-000001","accepted_at":"2026-01-15T10:30:00Z","completed_at":"2026-01-15T10:31:00Z","results":{"added_group_member_ids":[],"removed_group_member_ids":[],"failures":[]}}}"#;

/// A roster file of so many rows; `turn` changes some of them.
pub fn csv(rows: usize, turn: usize) -> String {
    use std::fmt::Write as _;
    let mut text = "reference_id,first_name,last_name,date_of_birth,phone,email,plan_id,address_line_1,city,state,zipcode\n".to_owned();
    for n in 0..rows {
        // One row in a hundred left, one came, one moved.
        let (id, street) = match n % 100 {
            7 => (n + turn * rows, n),
            8 => (n, n + turn),
            _ => (n, n),
        };
        let _ = writeln!(
            text,
            "EMP-{id:06},Ann,Lee,1990-01-01,4155550100,ann.lee.{n}@example.com,pln_C506ZkHHTlKfgy16G-tTJQ,{street} Main Street,Springfield,IL,62701"
        );
    }
    text
}
