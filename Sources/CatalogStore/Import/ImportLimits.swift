import ImageCodecs

/// What a source may take; beyond these an import ends with an error, or leaves the file out if only that is too large.
public struct ImportLimits: Sendable, Equatable {
    /// Size of a table in bytes; it is held in memory.
    public var tableBytes = 512_000_000
    /// Files, folders and links of a source.
    public var entries = 10_000_000
    /// Bytes of all files together, as they come out of the archive.
    public var totalBytes = 256_000_000_000
    /// How many times larger than the archive its content may be, once it is more than ``freeBytes``. Photos hardly
    /// shrink and tables to a tenth; what is built to fill disks shrinks to a thousandth.
    public var expansion = 200
    /// Bytes for which ``expansion`` is not asked.
    public var freeBytes = 256_000_000
    /// What a photo may take.
    public var photo = ImageLimits()

    /// The limits written beside each.
    public init() {}
}
