// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "BenchSwift",
    platforms: [.macOS(.v12)],
    dependencies: [.package(path: "../../../bindings/swift")],
    targets: [
        .executableTarget(
            name: "BenchSwift",
            dependencies: [.product(name: "VitableGroups", package: "swift")])
    ],
    swiftLanguageModes: [.v6]
)
