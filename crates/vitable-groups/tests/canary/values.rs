//! The debug output of everything that contains member data or a key.

use vitable_groups::model::{Sensitive, SyncState};
use vitable_groups::roster::{Baseline, CheckOptions, Guard, Normalize, ReadOptions, Roster, diff};
use vitable_groups::{AccessToken, Client, HttpConfig};

use crate::calls::{echo, member};
use crate::{KEY, assert_silent, capture_logs, found};

#[test]
fn debug_output_of_values_shows_no_member_data() {
    capture_logs();
    let text: Sensitive<String> = "CanaryFirst".to_owned().into();
    let mut printed = format!("{text:?} {:?} {:#?}", member(), member());

    let mut roster = Roster::from_members([member()]);
    let mut other = member();
    other.first_name = "CanaryLast".into();
    other.date_of_birth = "77-7-7 1977-07-07".into();
    other.phone = "+1 (555) 0177177 5550177177".to_owned().into();
    roster.push(other.clone());
    let today = "2026-01-15".parse().unwrap();
    let report = roster.check(&CheckOptions::new(today));
    assert!(!report.is_ok(), "there are findings");
    printed += &format!("{roster:?} {report:?} {report:#?}");
    printed += &serde_json::to_string(&report).unwrap();
    for finding in &report.findings {
        printed += &finding.to_string();
    }

    let changes = roster.normalize(&Normalize::default());
    printed += &format!("{changes:?} {}", serde_json::to_string(&changes).unwrap());
    let previous = Roster::from_members([member()]);
    let roster_diff = diff(&previous, &Roster::from_members([other]));
    printed += &format!("{roster_diff:?} {}", serde_json::to_string(&roster_diff).unwrap());
    printed += &format!(
        "{:?}",
        Guard::new().check(&Baseline::Previous(previous.into()), &Roster::default())
    );

    let csv = "Reference,First Name,DOB\nE1,CanaryFirst\nE2,\"CanaryLast,1977-07-07\n";
    let read = Roster::read_csv(csv.as_bytes(), &ReadOptions::default());
    printed += &format!("{read:?}");
    let error = Roster::read_json(&echo().as_bytes()[..60], &ReadOptions::default()).unwrap_err();
    printed += &format!("{error} {error:?} {error:#?}");

    let state: SyncState =
        serde_json::from_str(&format!(r#"{{"request_id": "r", "unknown": {}}}"#, echo())).unwrap();
    printed += &format!("{state:?} {state:#?}");
    assert_silent(&printed);
}

#[test]
fn debug_output_of_settings_shows_no_secrets() {
    capture_logs();
    let none: [(&str, &str); 0] = [];
    let builder = Client::builder()
        .variables(none)
        .api_key(KEY)
        .default_header("x-own", "canary-header")
        .http(HttpConfig::new().proxy(format!("http://user:{KEY}@127.0.0.1:9")));
    let mut printed = format!("{builder:?} {builder:#?} {:?}", AccessToken::new(KEY));
    printed += &format!("{:?}", HttpConfig::new().proxy(format!("socks5://user:{KEY}@h:1")));
    let client = builder.build().unwrap();
    printed += &format!("{client:?} {:?}", client.derive());
    let url = format!("https://user:{KEY}@api.example.com");
    match Client::builder().variables(none).api_key("k").base_url(url).build() {
        Ok(client) => printed += &format!("{client:?}"),
        Err(error) => printed += &crate::print(&error),
    }
    assert_silent(&printed);
    assert_eq!(found(KEY), [KEY]);
}
