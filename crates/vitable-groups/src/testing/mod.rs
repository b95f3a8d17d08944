//! Test utilities: a virtual clock and a scripted transport.
//!
//! ```
//! use std::time::Duration;
//! use vitable_groups::Client;
//! use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let transport = ScriptedTransport::new(&clock)
//!     .then(ScriptedResponse::status(503).header("retry-after", "60"))
//!     .then(ScriptedResponse::json(200, r#"{"data": {"id": "grp_1", "name": "Tier 1"}}"#));
//! let client = Client::builder()
//!     .api_key("key")
//!     .clock(clock.clone())
//!     .transport(transport.clone())
//!     .build()?;
//!
//! let group = clock.run(async { client.groups().retrieve("grp_1").await })?;
//! assert_eq!(group.name, "Tier 1");
//! assert_eq!(clock.elapsed(), Duration::from_secs(60)); // without actually waiting
//! assert_eq!(transport.requests().len(), 2);
//! # Ok::<(), vitable_groups::Error>(())
//! ```

mod clock;
mod transport;

pub use clock::VirtualClock;
pub use transport::{RecordedRequest, ScriptedResponse, ScriptedTransport};
