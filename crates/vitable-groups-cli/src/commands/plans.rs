//! Runs `plans …`.

use super::{Session, print_list};
use crate::cli::{Global, Plans};
use crate::exit::{Exit, Failure};
use crate::output::{Column, Output};

const COLUMNS: &[Column] = &[Column::new("id", "ID"), Column::new("name", "Name")];

pub(crate) async fn run(
    command: Plans,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let session = Session::open(global, out)?;
    let Plans::List(options) = command;
    print_list(session.client.plans().list(), COLUMNS, &options, out).await?;
    Ok(Exit::Success)
}
