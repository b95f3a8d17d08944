// SwiftPM requires a source file in every target; the code is in the Rust library.
