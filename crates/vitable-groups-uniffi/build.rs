//! Android devices may have pages of 16 KB, and refuse libraries whose segments are aligned to less.

fn main() {
    let system = std::env::var("CARGO_CFG_TARGET_OS");
    if matches!(system.as_deref(), Ok("linux" | "android")) {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
