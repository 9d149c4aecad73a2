/// Finds the catalog's table among the CSV files of a source as they come by, and holds no other one.
struct TableChoice {
    /// The table, once one was found.
    private(set) var name = ""
    private(set) var bytes: [UInt8] = []
    /// The others.
    private(set) var others: [String] = []

    private let wanted: String?
    private var rank = (Int.max, Int.max)
    private var digest: ContentDigest?
    /// Tables of the same rank with other content: then a person has to choose.
    private var rivals: [String] = []
    /// A table, or whatever may be one, that is encrypted.
    private var encrypted: String?

    /// - Parameter wanted: the table's name or path in the source, if a person chose it.
    init(wanted: String?) {
        self.wanted = wanted
    }

    /// `items.csv` before `styles.csv` before any other name, then the one that is nearest to the top.
    private func rank(of name: String) -> (Int, Int)? {
        let parts = name.split(separator: "/")
        let depth = parts.count
        if let wanted {
            if name == wanted { return (0, 0) }
            return parts.last.map(String.init) == wanted ? (1, depth) : nil
        }
        return (["items.csv", "styles.csv"].firstIndex(of: parts.last?.lowercased() ?? "") ?? 2, depth)
    }

    /// Whether a CSV file may be the table; one that cannot be is taken note of.
    mutating func mayBe(_ name: String) -> Bool {
        if let rank = rank(of: name), rank <= self.rank { return true }
        others.append(name)
        return false
    }

    /// Takes a CSV file that may be the table.
    mutating func take(_ name: String, _ bytes: [UInt8]) {
        guard let rank = rank(of: name) else { return }
        let digest = bytes.withUnsafeBytes { ContentDigest(of: $0) }
        if rank == self.rank {
            others.append(name)
            if digest != self.digest { rivals.append(name) }
            return
        }
        if self.rank.0 != Int.max { others.append(self.name) }
        (self.name, self.bytes, self.digest, self.rank, rivals) = (name, bytes, digest, rank, [])
    }

    /// Takes another name for a CSV file that came before; `false` if that is not the one that is held.
    mutating func takeLink(_ name: String, to target: String) -> Bool {
        guard target == self.name else { return false }
        if mayBe(name) { take(name, bytes) }
        return true
    }

    /// Takes note of an encrypted file.
    mutating func addEncrypted(_ name: String) {
        if encrypted == nil, SourceName.isTable(name), rank(of: name) != nil { encrypted = name }
    }

    /// Checks that there is one.
    func check(source: String) throws(CatalogError) {
        guard rank.0 != Int.max else {
            if let encrypted { throw .encrypted(path: source, table: encrypted) }
            throw .noSourceTable(path: source, found: [])
        }
        guard rivals.isEmpty else { throw .noSourceTable(path: source, found: [name] + rivals) }
    }
}
