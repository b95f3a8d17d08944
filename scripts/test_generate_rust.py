"""The generated Rust of the fixture: formatted as rustfmt formats it, and compiled."""
