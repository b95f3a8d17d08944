//! An independent client for the Groups API of Vitable Connect: keep groups of members in step
//! with your own data, and never end somebody's coverage by accident.
//!
//! ```no_run
//! use vitable_groups::Client;
//! use vitable_groups::model::GroupCreateParams;
//!
//! # async fn run() -> Result<(), vitable_groups::Error> {
//! let client = Client::from_env()?; // VITABLE_CONNECT_API_KEY
//! let group = client.groups().get_or_create(GroupCreateParams::new("tier-1", "Tier 1")).await?;
//! # let roster: Vec<vitable_groups::model::Member> = vec![];
//! let state = client.groups().members().sync().submit_and_wait(&group.id, &roster).await?;
//! for failure in state.results.value().into_iter().flat_map(|results| &results.failures) {
//!     println!("{}: {}", failure.reference_id, failure.reason);
//! }
//! # Ok(()) }
//! ```
//!
//! Data flows one way: an [`operation`] with its parameters becomes a [`Call`], the pipeline sends
//! it through a [`transport`](Transport) and retries as [`retry`] decides, the answer becomes a
//! [`model`] with [`Metadata`].

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;

// Only here: a published crate has no pages beside it.
#[cfg(doctest)]
mod documents;

mod apply;
mod auth;
mod builder;
mod call;
mod client;
mod clock;
mod config;
mod context;
mod created;
mod deadline;
mod envelope;
mod error;
mod headers;
mod lookup;
pub mod manifest;
pub mod model;
pub mod operation;
mod options;
mod page;
pub mod pagination;
mod panics;
mod pipeline;
pub mod poll;
mod random;
mod recovery;
mod request;
pub mod resources;
mod response;
pub mod retry;
pub mod roster;
mod submission;
pub mod testing;
mod text;
mod transport;
mod wait;

pub use apply::{Applied, Apply};
pub use auth::{AccessToken, TokenResult};
pub use builder::ClientBuilder;
pub use call::Call;
pub use client::Client;
pub use clock::{BoxFuture, Clock, SystemClock};
pub use config::{Environment, env};
pub use context::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_TIMEOUT};
pub use deadline::Deadline;
pub use error::{Error, ErrorBody, ErrorKind};
pub use options::RequestOptions;
pub use page::{ItemStream, List, Page, PageItem, PageStream};
pub use panics::hide_panic_words;
pub use random::random_id;
pub use request::Request;
pub use response::{Attempt, Metadata, RawResponse, Response};
pub use text::HumanDuration;
#[cfg(all(feature = "http", unix))]
pub use transport::direct::{Reactor, poll_here};
#[cfg(feature = "http")]
pub use transport::http::{HttpConfig, HttpVersion};
#[cfg(feature = "http")]
pub use transport::tls::TlsRoots;
pub use transport::{
    Transport, TransportBody, TransportError, TransportRequest, TransportResponse,
};
pub use wait::{DEFAULT_WAIT_DEADLINE, Progress, SubmitAndWait, SyncHandle, Wait};
