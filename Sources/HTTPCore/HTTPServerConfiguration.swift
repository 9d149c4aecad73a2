internal import CMicroHTTPD

/// How a server listens, and what it bounds.
public struct HTTPServerConfiguration: Sendable {
    /// An IPv4 or IPv6 address, or `localhost` (127.0.0.1).
    public var host = "127.0.0.1"
    /// The port; 0 takes any free one.
    public var port = 8080
    /// Threads that read and write; they never compute.
    public var httpThreads = 2
    /// Threads that run handlers of the compute lane.
    public var computeThreads = HTTPServerConfiguration.processorCount
    /// Requests that may wait for a compute thread; one more is answered 503.
    public var queueCapacity = 64
    /// Threads that run handlers of the waiting lane; as many requests more may wait for one.
    public var waitingThreads = 8
    /// The most connections at once; more wait in the listen queue.
    public var maximumConnections = 512
    /// The most connections from one address; 0: no limit. Many shoppers may share one address.
    public var maximumConnectionsPerAddress = 0
    /// Without a byte in either direction for this long, a connection is closed.
    public var idleTimeout = Duration.seconds(15)
    /// From a request's first line to its last byte; bytes that trickle do not extend it.
    public var requestDeadline = Duration.seconds(30)
    /// From the first to the last byte of an answer.
    public var responseDeadline = Duration.seconds(120)
    /// The most bytes of request bodies in memory at once; over it, 503.
    public var bodyMemory = 256 << 20
    /// Bytes of memory of one connection; half of it bounds the request line and header fields.
    public var connectionMemory = 64 << 10
    /// Fields of every answer, unless a handler sets them itself.
    public var headers = SecurityHeaders.standard
    /// Tells handlers that the server is about to end.
    public let lifecycle = ServerLifecycle()

    /// The defaults.
    public init() {}

    /// Processors that this process may use.
    public static var processorCount: Int { Int(vitrine_processors()) }
}
