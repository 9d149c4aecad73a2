import CSpawn
import Foundation
import Glibc
import Synchronization

/// A program that a test has started.
///
/// Foundation's `Process` learns of a program's end by a socket which another program that is started at the same moment may
/// inherit; it then waits for the end of both, and a server may be the other. Here nothing but the three standard streams is
/// inherited, and the end is what the kernel says.
public final class ChildProcess: Sendable {
    /// A program that could not be started.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// What a finished program left.
    public struct Finished: Sendable {
        /// The exit status, or 128 and the number of the signal that ended it, as a shell has it.
        public let status: Int32
        public let output: [UInt8]
        public let errors: String
    }

    private let id: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts the program at a path, with `environment` added to this process's own. Streams that are not given are this
    /// process's own.
    ///
    /// - Throws: ``Failure``.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
        input: FileHandle = .standardInput, output: FileHandle = .standardOutput, errors: FileHandle = .standardError
    ) throws {
        let values = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var child: pid_t = 0
        let streams = [input, output, errors]
        // Not closed before they are inherited.
        let code = withExtendedLifetime(streams) {
            withCStrings([program] + arguments) { arguments in
                withCStrings(values) {
                    spawn(&child, program, arguments, $0, directory, streams.map(\.fileDescriptor))
                }
            }
        }
        guard code == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(code)))") }
        id = child
    }

    deinit {
        send(SIGKILL)
        wait()
    }

    /// Whether it has not ended.
    public var isRunning: Bool {
        status.withLock { status in
            reap(&status)
            return status == nil
        }
    }

    /// Waits for its end, and returns its status as ``Finished`` has it. One that is still there after a quarter of an hour
    /// hangs, and is aborted, so that the test that waits for it fails and is named.
    @discardableResult
    public func wait() -> Int32 {
        let end = ContinuousClock.now + .seconds(900)
        while true {
            if let ended = status.withLock({ status in
                reap(&status)
                return status
            }) {
                return ended
            }
            if ContinuousClock.now > end { send(SIGABRT) }
            usleep(5000)
        }
    }

    /// Sends a signal, unless it has ended: its number may be another's by then.
    public func send(_ signal: Int32) {
        status.withLock { status in
            reap(&status)
            if status == nil { kill(id, signal) }
        }
    }

    private func reap(_ status: inout Int32?) {
        var word: Int32 = 0
        guard status == nil, waitpid(id, &word, WNOHANG) == id else { return }
        let signal = word & 0x7F
        status = signal == 0 ? (word >> 8) & 0xFF : 128 + signal
    }

    /// Runs a program to its end and returns what it printed, whatever its status.
    ///
    /// - Throws: ``Failure``.
    public static func run(_ program: String, _ arguments: String...) throws -> Finished {
        try run(program, arguments)
    }

    /// Runs a program to its end and returns what it printed, whatever its status.
    ///
    /// - Throws: ``Failure``.
    public static func run(_ program: String, _ arguments: [String]) throws -> Finished {
        // Files, so that none can fill up while the other is read.
        guard let output = tmpfile(), let errors = tmpfile() else { throw Failure(description: "no temporary file") }
        defer { for file in [output, errors] { fclose(file) } }
        let streams = [output, errors].map { FileHandle(fileDescriptor: fileno($0)) }
        let status = try ChildProcess(program, arguments, output: streams[0], errors: streams[1]).wait()
        return try Finished(
            status: status, output: bytes(streams[0]), errors: String(decoding: bytes(streams[1]), as: UTF8.self))
    }

    private static func bytes(_ file: FileHandle) throws -> [UInt8] {
        try file.seek(toOffset: 0)
        return try file.readToEnd().map { [UInt8]($0) } ?? []
    }
}

private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
