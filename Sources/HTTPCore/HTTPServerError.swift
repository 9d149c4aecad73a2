/// Why a server did not start, or cannot be set up.
public enum HTTPServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The host is neither an IP address nor `localhost`.
    case invalidHost(String)
    /// The port is not 0 to 65535.
    case invalidPort(Int)
    /// Another program listens there.
    case addressInUse(host: String, port: Int)
    /// The host is not an address of this machine.
    case addressNotAvailable(host: String)
    /// Ports below 1024 need a privilege.
    case permissionDenied(port: Int)
    /// The system refused something else.
    case system(call: String, message: String)
    /// libmicrohttpd did not start; its own messages are in the log at debug level.
    case daemonFailed
    /// A server is started once.
    case alreadyStarted
    /// What was given as a web origin is none.
    case invalidOrigin(String, reason: String)

    /// What went wrong and what to do.
    public var description: String {
        switch self {
        case .invalidHost(let host): "\(host) is not an address to listen on: give an IP address or localhost"
        case .invalidPort(let port): "\(port) is not a port: give 0 to 65535, where 0 takes any free one"
        case .addressInUse(let host, let port):
            "another program already listens on \(host), port \(port): stop it or choose another port"
        case .addressNotAvailable(let host): "\(host) is not an address of this machine"
        case .permissionDenied(let port):
            "port \(port) needs a privilege that this process does not have: choose one above 1023"
        case .system(let call, let message): "\(call) failed: \(message)"
        case .daemonFailed: "the HTTP library did not start; see its messages at log level debug"
        case .alreadyStarted: "this server was already started"
        case .invalidOrigin(let origin, let reason): "\(origin) is not an origin: \(reason)"
        }
    }
}
