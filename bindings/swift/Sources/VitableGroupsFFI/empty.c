// SwiftPM builds no target without a source; the code is in the Rust library.
