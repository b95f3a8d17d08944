//! What a contestant can do; each gives back how much it has read.

pub(crate) mod hyper_raw;
pub(crate) mod ours;
pub(crate) mod plain;
pub(crate) mod reqwest_raw;

use crate::Failure;

pub(crate) trait Contestant: Send + Sync + 'static {
    /// A roster of native values.
    type Roster;

    /// One group; reads its name and its reference.
    fn retrieve(&self) -> impl Future<Output = Result<usize, Failure>> + Send;

    /// A page of 100; reads two fields of every group.
    fn page(&self) -> impl Future<Output = Result<usize, Failure>>;

    /// All groups; reads two fields of every group.
    fn all(&self, prefetch: usize) -> impl Future<Output = Result<usize, Failure>>;

    fn roster(&self) -> Self::Roster;

    /// Submits a roster; reads the id of the request.
    fn submit(&self, roster: &Self::Roster) -> impl Future<Output = Result<usize, Failure>>;
}
