//! Tests of the macros that declare models, with names that are keywords.
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs, reason = "test code")]

use serde::Serialize;

use crate::field::Field;
use crate::macros::{model, open_enum, parameters};

parameters! {
    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub struct Sent {
        required {
            in_ = "in": String,
            kind: Kind,
        }
        optional {
            type_ = "type": i64,
        }
        nullable {
            class: String,
        }
    }
}

model! {
    #[derive(Debug)]
    pub struct Received {
        in_ required = "in": String,
        count: i64,
    }
}

open_enum! {
    pub enum Kind {
        First = "first",
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn parameters_that_are_left_out_are_not_sent() {
    let sent = Sent::new("US", Kind::First);
    assert_eq!(json(&sent), r#"{"in":"US","kind":"first"}"#);
    let mut sent = sent.type_(2).class("staff");
    assert_eq!(json(&sent), r#"{"in":"US","kind":"first","type":2,"class":"staff"}"#);
    sent.class = Field::Null;
    assert_eq!(json(&sent), r#"{"in":"US","kind":"first","type":2,"class":null}"#);
}

#[test]
fn fields_have_their_names_in_json() {
    let text = r#"{"in":"US","count":3,"in_":"unknown"}"#;
    let received: Received = serde_json::from_str(text).unwrap();
    assert_eq!((received.in_.as_str(), received.count), ("US", 3));
    assert_eq!(json(&received), text);
    let error = serde_json::from_str::<Received>("{}").unwrap_err().to_string();
    assert!(error.contains("missing field `in`"), "{error}");
}

#[test]
fn unknown_values_of_an_enum_are_kept() {
    assert_eq!(Kind::KNOWN, ["first"]);
    for (text, kind) in
        [("first", Kind::First), ("other", Kind::Unknown("other".into())), ("", Kind::default())]
    {
        assert_eq!(serde_json::from_str::<Kind>(&format!("{text:?}")).unwrap(), kind);
        assert_eq!((kind.as_str(), kind.to_string()), (text, text.to_owned()));
    }
}
