/// Whether a server is on its way out.
public final class ServerLifecycle: Sendable {
    private let draining = Guarded(false)

    init() {}

    /// True from the beginning of ``HTTPServer/shutdown(grace:)``.
    public var isDraining: Bool { draining.withLock { $0 } }

    func drain() { draining.withLock { $0 = true } }
}
