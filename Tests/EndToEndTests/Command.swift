import ChildProcesses
import Foundation

/// The executable under test, and the demo catalog.
enum Project {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let catalog = root + "/catalog"
    static let photos = root + "/../shared/data"
    /// How often what can go wrong at any moment is tried, if not as often as is right for CI.
    static let rounds = ProcessInfo.processInfo.environment["VITRINE_TEST_ROUNDS"].flatMap(Int.init)

    /// Beside the test bundle: the same build as the tests.
    static var executable: URL {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("vitrine")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: root + "/.build/release/vitrine")
    }
}

/// A folder below the temporary one that is removed at the end.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "vitrine-e2e-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func url(_ name: String) -> URL { URL(fileURLWithPath: path + "/" + name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = url(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }
}

/// What a finished command left.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The standard output as a JSON object.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}

/// A `vitrine` command under way; its output goes through files, so that no pipe can fill up.
final class RunningCommand {
    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// Starts a command; `prefix` is a program, with its arguments, that runs it.
    init(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", prefix: [String] = []
    ) throws {
        folder = try TemporaryFolder()
        for name in ["out", "err"] { try folder.write([], to: name) }
        try folder.write(Array(input.utf8), to: "in")
        let line = prefix + [Project.executable.path] + arguments
        let streams = try [
            FileHandle(forReadingFrom: folder.url("in")), FileHandle(forWritingTo: folder.url("out")),
            FileHandle(forWritingTo: folder.url("err")),
        ]
        process = try ChildProcess(
            line[0], Array(line.dropFirst()), environment: environment, directory: Project.root,
            input: streams[0], output: streams[1], errors: streams[2])
    }

    var isRunning: Bool { process.isRunning }

    var output: String { text("out") }
    var errors: String { text("err") }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)) ?? ""
    }

    func wait() -> Outcome {
        let status = process.wait()
        return Outcome(status: status, output: output, errors: errors)
    }

    /// Waits until `isSo`, as long as the command runs, for five minutes at the most.
    func wait(until isSo: () -> Bool) {
        let end = ContinuousClock.now + .seconds(300)
        while isRunning, ContinuousClock.now < end, !isSo() { Thread.sleep(forTimeInterval: 0.01) }
    }

    /// Lets it run for a while, and kills it unless it is done by then.
    func kill(after seconds: Double) -> Outcome {
        Thread.sleep(forTimeInterval: seconds)
        send(SIGKILL)
        return wait()
    }

    /// Sends a signal, unless the command has ended.
    func send(_ number: Int32) { process.send(number) }

    static func run(_ arguments: String...) throws -> Outcome {
        try RunningCommand(arguments).wait()
    }
}

/// A small catalog: some photos of the demo catalog under their identifiers, in a folder of its own.
struct SmallCatalog {
    let folder: TemporaryFolder
    let ids: [String]

    var path: String { folder.path }
    var data: String { folder.path + "/data" }

    init(count: Int) throws {
        folder = try TemporaryFolder()
        let table = try String(contentsOfFile: Project.catalog + "/items.csv", encoding: .utf8)
        let lines = table.split(whereSeparator: \.isNewline)
        let step = max(1, (lines.count - 1) / count)
        let chosen = stride(from: 1, to: lines.count, by: step).prefix(count).map { String(lines[$0]) }
        ids = chosen.map { String($0.prefix { $0 != "," }) }
        try folder.write(Array(([String(lines[0])] + chosen).joined(separator: "\n").utf8), to: "items.csv")
        try FileManager.default.createDirectory(atPath: path + "/images", withIntermediateDirectories: true)
        for id in ids {
            try FileManager.default.copyItem(
                atPath: Project.catalog + "/images/\(id).jpg", toPath: path + "/images/\(id).jpg")
        }
    }

    func photo(_ id: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/images/\(id).jpg")))
    }

    /// Adds a row; the table's other columns stay empty.
    func append(id: String, image: String) throws {
        let file = path + "/items.csv"
        let table = try String(contentsOfFile: file, encoding: .utf8)
        let columns = table.prefix { $0 != "\n" }.count { $0 == "," } + 1
        let row = "\(id),\(image)" + String(repeating: ",", count: columns - 2)
        try folder.write(Array((table + "\n" + row).utf8), to: "items.csv")
    }
}
