import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Ctrl-C and SIGTERM as something that can be asked about and waited for. A second signal ends the process at once.
///
/// From the moment it is made no signal is lost: plain handlers, which are there at once, where a dispatch source takes its
/// time to register.
struct Interruption: Sendable {
    /// Takes over both signals for the rest of the process's life.
    init() {
        // Both are made here, since a handler cannot.
        _ = Self.arrival
        _ = Self.received.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] { signal(number) { _ in Interruption.receive() } }
    }

    /// Whether a signal has come.
    var hasCome: Bool { Self.received.load(ordering: .acquiring) }

    /// Blocks until a signal comes.
    func wait() {
        while sem_wait(Self.arrival.semaphore) != 0 {}
    }

    private struct Arrival: @unchecked Sendable {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }
    }

    private static let arrival = Arrival()
    private static let received = Atomic<Bool>(false)

    /// Runs in a signal handler: neither allocates nor locks.
    private static func receive() {
        if received.exchange(true, ordering: .acquiringAndReleasing) { _exit(Failure.interrupted) }
        sem_post(arrival.semaphore)
    }
}
