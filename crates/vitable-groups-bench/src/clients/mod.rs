//! The interface of benchmarked clients. Each method returns how many characters it has read.

pub(crate) mod hyper_raw;
pub(crate) mod ours;
pub(crate) mod plain;
pub(crate) mod reqwest_raw;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The reference ID of one of the members in the submitted roster.
fn reference(n: usize) -> String {
    format!("EMP-{n:06}")
}

pub(crate) trait BenchClient: Send + Sync + 'static {
    /// A roster in the client's own types.
    type Roster;

    /// Retrieves one group; reads its name and reference ID.
    fn retrieve(&self) -> impl Future<Output = Result<usize, Failure>> + Send;

    /// Lists a page of 100 groups; reads two fields of every group.
    fn page(&self) -> impl Future<Output = Result<usize, Failure>>;

    /// Lists all groups; reads two fields of every group.
    fn all(&self, prefetch: usize) -> impl Future<Output = Result<usize, Failure>>;

    fn roster(&self) -> Self::Roster;

    /// Submits a roster; reads the id of the request.
    fn submit(&self, roster: &Self::Roster) -> impl Future<Output = Result<usize, Failure>>;
}
