import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as something that can be asked about and waited for. A second signal ends the process at once.
final class Interruption: Sendable {
    private let received = Atomic<Bool>(false)
    private let semaphore = DispatchSemaphore(value: 0)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// Takes over both signals for the rest of the process's life.
    init() {
        let queue = DispatchQueue(label: "vitrine.signals")
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [weak self] in self?.receive() }
            source.activate()
            sources.withLock { $0.append(source) }
        }
    }

    /// Whether a signal has come.
    var hasCome: Bool { received.load(ordering: .acquiring) }

    /// Blocks until a signal comes.
    func wait() { semaphore.wait() }

    private func receive() {
        if received.exchange(true, ordering: .acquiringAndReleasing) { _exit(Failure.interrupted) }
        semaphore.signal()
    }
}
