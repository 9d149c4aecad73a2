import CatalogStore
import Foundation
import VectorSearch

/// The items that can be found, with their vectors and coded labels.
public struct Gallery: Sendable {
    /// The items, row by row.
    public let items: [CatalogItem]
    let categories: LabelCodes
    let colours: LabelCodes
    let genders: LabelCodes
    private let index: ExactIndex
    private let rowsByContent: [String: [Int]]
    /// Rows in the order of identifiers, and the place of each row in it: equally near items come in that order.
    private let rowsByID: [Int]
    private let places: [UInt32]

    /// A gallery.
    ///
    /// - Parameters:
    ///   - items: what can be found.
    ///   - vectors: one unit vector of `dimension` floats for each item, one after another.
    ///   - dimension: length of a vector.
    /// - Throws: ``EvaluationError/emptyGallery``, or `VectorSearchError` if the vectors do not fit.
    public init(items: [CatalogItem], vectors: [Float], dimension: Int) throws {
        guard !items.isEmpty else { throw EvaluationError.emptyGallery }
        index = try ExactIndex(dimension: dimension, ids: items.map(\.id), vectors: vectors)
        categories = LabelCodes(items.map(\.category))
        colours = LabelCodes(items.map(\.colour))
        genders = LabelCodes(items.map(\.gender))
        rowsByContent = Dictionary(grouping: items.indices) { items[$0].contentHash }
        rowsByID = items.indices.sorted { items[$0].id < items[$1].id }
        var places = [UInt32](repeating: 0, count: items.count)
        for (place, row) in rowsByID.enumerated() { places[row] = UInt32(place) }
        self.places = places
        self.items = items
    }

    /// All rows but those with the photo `contentHash`, nearest to a vector first; equally near ones in the order of
    /// their identifiers, as a search has them. O(n · dimension + n log n).
    ///
    /// - Returns: row and cosine similarity.
    /// - Throws: `VectorSearchError` if the vector does not fit.
    func ranking(_ vector: [Float], without contentHash: String) throws -> [(row: Int, similarity: Float)] {
        let scores = try index.scores(vector)
        var excluded = RowSet(capacity: items.count)
        if !contentHash.isEmpty { for row in rowsByContent[contentHash] ?? [] { excluded.insert(row) } }
        var keys: [UInt64] = []
        keys.reserveCapacity(items.count)
        for (row, score) in scores.enumerated() where !excluded.contains(row) {
            keys.append(UInt64(Self.descending(score)) << 32 | UInt64(places[row]))
        }
        keys.sort()
        return keys.map { key in
            let row = rowsByID[Int(key & 0xFFFF_FFFF)]
            return (row: row, similarity: scores[row])
        }
    }

    /// Bits that sort like the number from large to small. (Negative zero would sort apart from zero, hence the sum.)
    private static func descending(_ score: Float) -> UInt32 {
        let bits = (score + 0).bitPattern
        let ascending = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
        return ~ascending
    }
}

/// The labels of all rows as small numbers, so that comparing them is quick.
struct LabelCodes: Sendable {
    /// The code of each row; -1 without a label.
    let rows: [Int32]
    /// How the first item with each code writes it.
    let names: [String]
    private let codes: [LabelKey: Int32]

    init(_ labels: [String?]) {
        var names: [String] = []
        var codes: [LabelKey: Int32] = [:]
        rows = labels.map { label in
            guard let label else { return -1 }
            let key = LabelKey(label)
            if let code = codes[key] { return code }
            let code = Int32(names.count)
            codes[key] = code
            names.append(label)
            return code
        }
        self.names = names
        self.codes = codes
    }

    /// The code of a label; -2, which no row has, if no row has the label.
    func code(_ label: String) -> Int32 { codes[LabelKey(label)] ?? -2 }

    /// How the code is written, `nil` for none.
    func name(_ code: Int32) -> String? { code >= 0 && Int(code) < names.count ? names[Int(code)] : nil }
}
