// swift-tools-version: 6.0
import Foundation
import PackageDescription

// On Apple platforms the native library is an XCFramework, built by scripts/release-xcframework. On
// Linux, or if VG_LOCAL is set, it is the library built by cargo; pass its folder with -Xlinker -L.
#if os(Linux)
let isLocal = true
#else
let isLocal = ProcessInfo.processInfo.environment["VG_LOCAL"] != nil
#endif

let native: Target = isLocal
    ? .target(
        name: "VitableGroupsFFI",
        linkerSettings: [.linkedLibrary("vitable_groups_uniffi")]
    )
    : .binaryTarget(
        name: "VitableGroupsFFI",
        path: "VitableGroupsFFI.xcframework"
    )

let package = Package(
    name: "VitableGroups",
    platforms: [.macOS(.v12), .iOS(.v15)],
    products: [.library(name: "VitableGroups", targets: ["VitableGroups"])],
    targets: [
        native,
        .target(name: "VitableGroups", dependencies: ["VitableGroupsFFI"]),
        .testTarget(name: "VitableGroupsTests", dependencies: ["VitableGroups"]),
    ],
    swiftLanguageModes: [.v6]
)
