import Foundation

/// Writes a catalog's table as CSV (RFC 4180) in Vitrine's own layout: every known field, then the attributes.
package struct TableWriter {
    private let output: OutputFile
    private let attributes: [String: [Int]]
    private let attributeCount: Int
    private let extra: String?
    private var line: [UInt8] = []

    /// Starts a table.
    ///
    /// - Parameters:
    ///   - output: the file that it goes to.
    ///   - names: those of attributes; one stands as often as an item may have it.
    ///   - extra: the name of one more column at the end, whose values come with each item.
    /// - Throws: ``CatalogError`` if the file cannot be written.
    package init(_ output: OutputFile, attributes names: [String], extra: String? = nil) throws(CatalogError) {
        self.output = output
        attributes = Dictionary(grouping: names.indices) { names[$0] }
        attributeCount = names.count
        self.extra = extra
        try write(CatalogColumns.known + names + (extra.map { [$0] } ?? []))
    }

    /// Adds an item.
    package mutating func append(_ item: CatalogItem, extra value: String = "") throws(CatalogError) {
        var values = [String](repeating: "", count: attributeCount)
        var used: [String: Int] = [:]
        for (name, value) in item.attributes {
            let turn = used[name, default: 0]
            used[name] = turn + 1
            if let places = attributes[name], turn < places.count { values[places[turn]] = value }
        }
        let known = [
            item.id, item.imagePath, item.name ?? "", item.category ?? "", item.colour ?? "", item.gender ?? "",
            item.price.map { Self.text($0) } ?? "", item.currency ?? "", item.url ?? "", item.description ?? "",
        ]
        try write(known + values + (extra == nil ? [] : [value]))
    }

    /// The names for a table that holds what several tables do: each name as often as the one that has it most often.
    package static func union(_ lists: [[String]]) -> [String] {
        var names: [String] = []
        var counts: [String: Int] = [:]
        for list in lists {
            var seen: [String: Int] = [:]
            for name in list {
                seen[name, default: 0] += 1
                if seen[name, default: 0] > counts[name, default: 0] {
                    counts[name, default: 0] += 1
                    names.append(name)
                }
            }
        }
        return names
    }

    /// Two decimals, as prices are written, unless there are more; never three, which could be thousands.
    private static func text(_ price: Double) -> String {
        let cents = (price * 100).rounded()
        guard cents < 1e15, cents / 100 == price else {
            var text = String(format: "%.10f", price)
            while text.hasSuffix("0") { text.removeLast() }
            return text.split(separator: ".").last?.count == 3 ? text + "0" : text
        }
        let whole = Int(cents)
        return "\(whole / 100)." + (whole % 100 < 10 ? "0" : "") + "\(whole % 100)"
    }

    private mutating func write(_ fields: [String]) throws(CatalogError) {
        line.removeAll(keepingCapacity: true)
        for (index, field) in fields.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            guard field.utf8.contains(where: Self.needsQuotes) else {
                line.append(contentsOf: field.utf8)
                continue
            }
            line.append(UInt8(ascii: "\""))
            for byte in field.utf8 {
                if byte == UInt8(ascii: "\"") { line.append(byte) }
                line.append(byte)
            }
            line.append(UInt8(ascii: "\""))
        }
        line.append(UInt8(ascii: "\n"))
        try output.write(line)
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\""), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }
}
