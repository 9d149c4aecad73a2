import CatalogStore
import Foundation
import Recommender
import Synchronization

/// The numbers of attributes' values, as far as this process has met them. Numbers are given once and never change, so
/// what is known stays true.
final class ValueDictionary: Sendable {
    /// An attribute's value.
    struct Entry: Sendable {
        /// The attribute's name as the first item with this value spells it.
        let name: String
        /// The value as the first item with it spells it.
        let text: String
    }

    private struct Known: Sendable {
        var numbers: [String: Int] = [:]
        var entries: [Int: Entry] = [:]
    }

    private let known = Mutex(Known())

    /// So many are remembered; of article numbers there may be millions.
    private static let most = 200_000

    /// What a value is compared by.
    static func key(name: String, value: String) -> String {
        let text = name.withoutNUL.foldedForComparing + "\u{0}" + value.withoutNUL.foldedForComparing
        return contentHash(Array(text.utf8))
    }

    /// The attributes of an item that have values, by name.
    static func pairs(of item: CatalogItem) -> [(name: String, value: String)] {
        let fixed = [
            ("category", item.category), ("colour", item.colour), ("gender", item.gender), ("currency", item.currency),
        ].map { (name: $0, value: $1 ?? "") }
        return (fixed + item.attributes).map { (name: $0.name.withoutNUL, value: $0.value.withoutNUL) }
            .filter { !$0.value.isEmpty }
    }

    /// The numbers of all values of some items, each item's in the order of its attributes; new ones are given numbers,
    /// which stay even if the items are not stored.
    func numbers(of items: [CatalogItem], _ connection: PostgresConnection) throws(PostgresError) -> [[Int]] {
        let pairs = items.map { item in
            Self.pairs(of: item).map { (key: Self.key(name: $0.name, value: $0.value), name: $0.name, value: $0.value) }
        }
        var numbers = known.withLock { known in
            var found: [String: Int] = [:]
            for pair in pairs.joined() { found[pair.key] = known.numbers[pair.key] }
            return found
        }
        var new: [(key: String, name: String, value: String)] = []
        var seen: Set<String> = []
        for pair in pairs.joined() where numbers[pair.key] == nil && seen.insert(pair.key).inserted { new.append(pair) }
        if !new.isEmpty {
            let parameters: [PostgresParameter] = [
                .texts(new.map(\.key)), .texts(new.map(\.name)), .texts(new.map(\.value)),
            ]
            // In one order, so that two who add the same values do not wait for each other in a circle.
            try connection.query(
                """
                INSERT INTO attribute_value (key, name, value)
                SELECT decode(key, 'hex'), name, value FROM (
                    SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS new (key, name, value, place)
                    WHERE NOT EXISTS (SELECT FROM attribute_value known WHERE known.key = decode(new.key, 'hex'))
                    ORDER BY place) missing
                ON CONFLICT (key) DO NOTHING
                """, parameters)
            let rows = try connection.query(
                """
                SELECT number, encode(key, 'hex'), name, value FROM attribute_value
                WHERE key IN (SELECT decode(unnest($1::text[]), 'hex'))
                """, [parameters[0]])
            for row in 0..<rows.count { numbers[rows.text(row, 1)] = rows.integer(row, 0) }
            remember(rows)
        }
        return pairs.map { $0.compactMap { numbers[$0.key] } }
    }

    /// The numbers of an attribute's values in any spelling; those that no item ever had are left out.
    func numbers(
        name: String, values: [String], _ connection: PostgresConnection
    ) throws(PostgresError) -> [Int] {
        // No item has a value with a NUL, and the part before it is another value.
        let keys = values.filter { !$0.utf8.contains(0) && !$0.isEmpty }.map { Self.key(name: name, value: $0) }
        let found = known.withLock { known in keys.map { known.numbers[$0] } }
        if !found.contains(nil) { return found.compactMap(\.self) }
        let rows = try connection.query(
            """
            SELECT number, encode(key, 'hex'), name, value FROM attribute_value
            WHERE key IN (SELECT decode(unnest($1::text[]), 'hex'))
            """, [.texts(keys)])
        remember(rows)
        return (0..<rows.count).map { rows.integer($0, 0) }
    }

    /// What some numbers stand for.
    func entries(_ numbers: [Int], _ connection: PostgresConnection) throws(PostgresError) -> [Int: Entry] {
        var entries: [Int: Entry] = [:]
        var missing: [Int] = []
        known.withLock { known in
            for number in numbers {
                if let entry = known.entries[number] { entries[number] = entry } else { missing.append(number) }
            }
        }
        guard !missing.isEmpty else { return entries }
        let rows = try connection.query(
            """
            SELECT number, encode(key, 'hex'), name, value FROM attribute_value WHERE number = ANY ($1::integer[])
            """, [.integers(missing)])
        remember(rows)
        for row in 0..<rows.count {
            entries[rows.integer(row, 0)] = Entry(name: rows.text(row, 2), text: rows.text(row, 3))
        }
        return entries
    }

    private func remember(_ rows: PostgresRows) {
        known.withLock { known in
            if known.entries.count + rows.count > Self.most { known = Known() }
            for row in 0..<rows.count {
                known.numbers[rows.text(row, 1)] = rows.integer(row, 0)
                known.entries[rows.integer(row, 0)] = Entry(name: rows.text(row, 2), text: rows.text(row, 3))
            }
        }
    }
}

extension String {
    /// As attributes and their values are compared: without regard to the case of ASCII letters, and composed letters like
    /// decomposed ones.
    var foldedForComparing: String {
        (utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping).foldingASCII
    }
}
