//! The `vitable-groups` command: sync a roster file to a group and report the outcome of each row.
//!
//! [`cli`] parses the arguments. [`config`] and [`credentials`] build a client from them. Each
//! module of [`commands`] runs a command and passes its results to [`output`], the only module that
//! prints. [`state`] persists rosters and a journal of syncs between runs. [`exit`] defines the
//! exit codes and failures.

mod app;
mod cli;
mod commands;
mod config;
mod credentials;
mod exit;
mod interrupt;
mod log;
mod output;
mod state;

fn main() -> std::process::ExitCode {
    app::main()
}
