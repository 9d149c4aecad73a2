import Dispatch
import Testing

/// Runs a test's tasks on threads that no other test has.
///
/// The threads that tests share are as few as cores, and others hold them while they wait for a command: a task could go on
/// only long after what it waits for, and would measure that.
struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    private final class Executor: TaskExecutor {
        private let queue = DispatchQueue(label: "own-threads", attributes: .concurrent)

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Executor()) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    /// For tests that measure how long something takes in tasks.
    static var ownThreads: Self { OwnThreads() }
}
