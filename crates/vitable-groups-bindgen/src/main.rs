//! `vitable-groups-bindgen generate LIBRARY --language kotlin --out-dir DIR`: the code generator of
//! uniffi, at the version that the facade is built with.

fn main() {
    uniffi::uniffi_bindgen_main();
}
