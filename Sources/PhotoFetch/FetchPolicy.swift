/// Where photos may be fetched from, and how much that may take.
public struct FetchPolicy: Sendable {
    /// Whether an address may be connected to. Asked for the very address that a socket is opened to, so that neither names
    /// nor redirects get around it.
    public var allows: @Sendable (SocketAddress) -> Bool = { FetchPolicy.ports.contains($0.port) && $0.isPublic }
    /// Whether an address may name this port.
    public var allowsPort: @Sendable (Int) -> Bool = { FetchPolicy.ports.contains($0) }
    /// Redirects that are followed.
    public var redirects = 5
    /// From the call to its end, over all redirects.
    public var total = Duration.seconds(10)
    /// For each connection.
    public var connecting = Duration.seconds(4)
    /// The most bytes of a photo.
    public var bytes = 20_000_000
    /// How many photos are fetched at once; more are refused.
    public var atOnce = 8
    /// `host:port:address` lines that stand in for the DNS.
    public var names: [String] = []

    private static let ports: Set = [80, 443]

    /// Anything on the public internet, on the ports of http and https.
    public init() {}
}
