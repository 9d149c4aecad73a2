internal import CMicroHTTPD
internal import Glibc

/// A POSIX thread that runs one closure.
struct WorkerThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread; `nil` when the system has none left. `name` is cut at 15 bytes.
    init?(name: String, _ run: @escaping @Sendable () -> Void) {
        let name = String(name.prefix(15))
        let body = Unmanaged.passRetained(
            Body {
                vitrine_name_thread(name)
                run()
            })
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits for the end of the thread.
    func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end by itself.
    func detach() {
        pthread_detach(handle)
    }
}
