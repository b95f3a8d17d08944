//! Runs the Rust blocks of the repository's documentation as doctests.

/// The README.
#[doc = include_str!("../../../README.md")]
struct FrontPage;

/// The quick start.
#[doc = include_str!("../../../docs/quick-start.md")]
struct QuickStart;

/// The daily job.
#[doc = include_str!("../../../docs/daily-job.md")]
struct DailyJob;

/// Waiting.
#[doc = include_str!("../../../docs/concepts/waiting.md")]
struct Waiting;

/// Testing with the sandbox.
#[doc = include_str!("../../../docs/testing.md")]
struct Testing;
