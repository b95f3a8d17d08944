//! `vitable-groups-bindgen generate LIBRARY --language kotlin --out-dir DIR`: the uniffi code
//! generator, at the version the facade is built with.

fn main() {
    uniffi::uniffi_bindgen_main();
}
