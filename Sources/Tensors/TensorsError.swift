/// What the arithmetic below everything else cannot do.
public enum TensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// OpenBLAS could not be loaded. The payload is the loader's reason.
    case openBLASMissing(reason: String)

    /// A text that a person can act on.
    public var description: String {
        switch self {
        case .openBLASMissing(let reason):
            "OpenBLAS cannot be loaded (\(reason)). On Debian and Ubuntu: apt-get install libopenblas0-pthread."
        }
    }
}
