//! A call of each operation, and the errors that occur without a server.

use std::time::Duration;

use vitable_groups::model::{Address, Field, GroupCreateParams, GroupUpdateParams, Member};
use vitable_groups::roster::{Guard, Roster};
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{BoxFuture, Client, Error, ErrorKind};

use crate::KEY;
use crate::common::TestClient;

pub(crate) fn member() -> Member {
    let mut address = Address::new("77 Canary Road", "CanaryCity", "CA", "99977-4417");
    address.address_line_2 = Field::Value("CanaryFlat".into());
    let mut member =
        Member::new("EMP-1", "CanaryFirst", "CanaryLast", "1977-07-07", "pln_1", address);
    member.phone = Field::Value("5550177177".into());
    member.email = Field::Value("canary@example.com".into());
    member.extra.insert("nickname", "canary-nickname".into());
    member
}

/// The data of a request, as a server might echo it.
pub(crate) fn echo() -> String {
    serde_json::json!({"members": [member()], "first_name": "CanaryFirst"}).to_string()
}

/// Calls an operation with all possible parameters and returns what a program may print.
pub(crate) fn call<'a>(
    client: &'a Client,
    operation: &str,
) -> BoxFuture<'a, Result<String, Error>> {
    let groups = client.groups();
    let sync = groups.members().sync();
    match operation {
        "groups.list" => {
            Box::pin(async move { Ok(format!("{:?}", groups.list().limit(7).collect(99).await?)) })
        }
        "plans.list" => Box::pin(async move {
            Ok(format!("{:?}", client.plans().list().limit(7).collect(99).await?))
        }),
        "groups.create" => {
            let call = groups.create(GroupCreateParams::new("tier-1", "Tier 1"));
            Box::pin(async move { Ok(format!("{:?}", call.send().await?)) })
        }
        "groups.retrieve" => {
            let call = groups.retrieve("grp_1");
            Box::pin(async move { Ok(format!("{:?}", call.send().await?)) })
        }
        "groups.update" => {
            let call = groups.update("grp_1", GroupUpdateParams::new().name("Tier 2"));
            Box::pin(async move { Ok(format!("{:?}", call.send().await?)) })
        }
        "groups.members.sync.submit" => {
            let call = sync.submit("grp_1", [member()]);
            Box::pin(async move { Ok(format!("{:?}", call.send().await?)) })
        }
        "groups.members.sync.retrieve" => {
            let call = sync.retrieve("grpmsr_1", "grp_1");
            Box::pin(async move { Ok(format!("{:?}", call.send().await?)) })
        }
        other => panic!("there is no canary for the operation {other}: add a call of it here"),
    }
}

/// Errors raised before anything is sent, and errors that only other languages raise.
pub(crate) fn local_errors() -> Vec<Error> {
    let none: [(&str, &str); 0] = [];
    let builder = || Client::builder().variables(none);
    let mut errors = vec![
        builder().api_key(format!("{KEY}\n")).base_url("nowhere").build().unwrap_err(),
        builder().api_key(format!("{KEY}\u{7}x")).build().unwrap_err(),
        builder().api_key(KEY).base_url("http://example.com").build().unwrap_err(),
        Error::new(ErrorKind::Aborted, "the call was canceled"),
        Error::new(ErrorKind::Internal, "a bug"),
    ];

    let test = TestClient::with([ScriptedResponse::status(200)], |b| {
        b.token_provider(|| async { Err("the vault is shut".into()) })
    });
    errors.push(test.run(test.client.groups().retrieve("grp_1").send()).unwrap_err());

    let test = TestClient::new([ScriptedResponse::hang()]);
    let sync = test.client.groups().members().sync();
    errors.push(test.run(sync.submit("", [member()]).send()).unwrap_err());

    let apply = |roster: Vec<Member>| sync.apply("grp_1", Roster::from_members(roster));
    let mut invalid = member();
    invalid.first_name = String::new().into();
    errors.push(test.run(apply(vec![invalid, member()]).into_future()).unwrap_err());
    let guard = Guard::new().max_removals("0".parse().unwrap());
    errors.push(test.run(apply(vec![member()]).into_future()).unwrap_err());
    let mut other = member();
    other.reference_id = "EMP-2".into();
    let mut renamed = member();
    renamed.reference_id = "EMP-3".into();
    let rekeyed = apply(vec![renamed]).previous(Roster::from_members([member()]));
    errors.push(test.run(rekeyed.into_future()).unwrap_err());
    let previous = Roster::from_members([member(), other]);
    let apply = apply(vec![member()]).previous(previous).guard(guard);
    errors.push(test.run(apply.into_future()).unwrap_err());

    let call = sync.submit("grp_1", [member()]).deadline(Duration::from_secs(1));
    errors.push(test.run(call.send()).unwrap_err());
    let call = sync.submit("grp_1", [member()]).timeout(Duration::from_secs(1)).max_retries(0);
    errors.push(test.run(call.send()).unwrap_err());

    test.client.close();
    errors.push(test.run(sync.submit("grp_1", [member()]).send()).unwrap_err());
    errors
}
