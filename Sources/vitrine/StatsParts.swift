import CatalogStore

/// How many items have a value.
struct ValueCount: Encodable {
    let value: String
    let count: Int

    init(value: String, count: Int) {
        self.value = value
        self.count = count
    }

    /// The eight most frequent values.
    static func summary(_ counts: [ValueCount]) -> String {
        counts.isEmpty
            ? "none"
            : counts.prefix(8).map { "\(oneLine($0.value)) \($0.count)" }.joined(separator: ", ")
                + (counts.count > 8 ? " and \(counts.count - 8) more" : "")
    }
}

/// A photo that cannot be used.
struct BrokenImageJSON: Encodable {
    let id: String
    let path: String
    let reason: String

    init(_ image: CatalogStatistics.BrokenImage) {
        id = image.id
        path = image.path
        reason = image.reason
    }

    /// A line for each of the first twenty.
    static func lines(_ images: [BrokenImageJSON]) -> [String] {
        images.prefix(20).map { "  id \(oneLine($0.id)), \(oneLine($0.path)): \(oneLine($0.reason))" }
            + (images.count > 20 ? ["  and \(images.count - 20) more (--json)."] : [])
    }
}

/// A photo that several items have.
struct DuplicateJSON: Encodable {
    let sha256: String
    let ids: [String]

    init(_ duplicate: DuplicatePhoto) {
        sha256 = duplicate.contentHash
        ids = duplicate.ids
    }

    static func summary(_ duplicates: [DuplicateJSON]) -> String {
        let items = duplicates.reduce(0) { $0 + $1.ids.count }
        return "duplicates: \(counted(duplicates.count, "photo")) of \(counted(items, "item"))"
    }
}
