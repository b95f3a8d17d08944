//! The `vitable-groups` command: from a roster file to the explained outcome of every row.
//!
//! Data flows one way: [`cli`] reads the arguments, [`config`] and [`credentials`] make a client of
//! them, [`commands`] do the work and hand what they found to [`output`], the only place that
//! prints. [`state`] remembers syncs between runs; [`exit`] is what the shell gets.

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
