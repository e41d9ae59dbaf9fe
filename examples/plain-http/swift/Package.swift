// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "tail",
    platforms: [.macOS(.v12), .iOS(.v15)],
    targets: [.executableTarget(name: "tail", path: "Sources")]
)
