import CatalogStore
import Foundation

/// Which items of a catalog are queries and not in the gallery.
public enum Holdout: Sendable, Equatable {
    /// About this share of the photos, chosen by the seed.
    case share(Double, seed: UInt64)
    /// The items with these identifiers.
    case items(Set<String>)

    /// Reads identifiers from the column `id` of a CSV.
    ///
    /// - Throws: ``EvaluationError``.
    public init(idsIn path: String) throws(EvaluationError) {
        var reader = CSVReader(try readBytes(path))
        let header = reader.next()?.fields.map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        guard let column = header.firstIndex(where: { $0.lowercased() == "id" }) else {
            throw .missingColumn("id", file: path, found: header)
        }
        var ids: Set<String> = []
        while let record = reader.next() {
            if column < record.fields.count { ids.insert(record.fields[column].trimmingCharacters(in: .whitespaces)) }
        }
        self = .items(ids)
    }

    /// Whether an item is held out.
    ///
    /// With a share, the first 64 bits of SHA-256 of `seed:content hash` decide: the choice does not change when other
    /// items come or go, and items with the same photo are held out together.
    public func contains(_ item: CatalogItem) -> Bool {
        switch self {
        case .items(let ids): return ids.contains(item.id)
        case .share(let share, let seed):
            let digest = contentHash(Array("\(seed):\(item.contentHash)".utf8))
            guard let number = UInt64(digest.prefix(16), radix: 16) else { return false }
            return Double(number) / 0x1p64 < share
        }
    }
}
