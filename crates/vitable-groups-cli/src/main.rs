//! The `vitable-groups` command.

fn main() {}
