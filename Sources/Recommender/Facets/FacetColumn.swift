/// One attribute of all items: for each row the number of its value. Spellings that differ in the case of ASCII letters
/// only are one value, called by the first one seen.
struct FacetColumn: Sendable {
    /// The attribute, as the first item that has it spells it.
    let name: String
    /// For each row the number of its first value; 0 where it has none.
    private(set) var numbers: [UInt32]
    /// Further values of the few rows that have several.
    private(set) var further: [Int: [UInt32]] = [:]
    /// The values by number; the first one stands for none.
    private(set) var values: [String] = [""]
    /// How many rows have each value.
    private(set) var counts: [Int] = [0]
    /// How many rows have a value.
    private(set) var filled = 0
    private var known: [String: UInt32] = [:]

    /// A column in which no row has a value.
    init(name: String, rows: Int) {
        self.name = name
        numbers = [UInt32](repeating: 0, count: rows)
    }

    /// Whether there are nearly as many values as items, as of article numbers: nothing that one would choose from.
    /// The values that are no longer in use count as well.
    var isIdentifying: Bool { values.count - 1 > max(20, filled / 2) }

    /// Makes room for rows without a value.
    mutating func grow(to rows: Int) {
        numbers.append(contentsOf: repeatElement(0, count: max(0, rows - numbers.count)))
    }

    /// Takes a row's values away. O(1).
    mutating func clear(_ row: Int) {
        guard numbers[row] != 0 else { return }
        counts[Int(numbers[row])] -= 1
        for number in further.removeValue(forKey: row) ?? [] { counts[Int(number)] -= 1 }
        numbers[row] = 0
        filled -= 1
    }

    /// Gives a row one more value; empty ones say nothing. O(1).
    mutating func add(_ value: String, row: Int) {
        guard !value.isEmpty else { return }
        let number = number(adding: value)
        if numbers[row] == 0 {
            numbers[row] = number
            filled += 1
        } else {
            guard numbers[row] != number, further[row]?.contains(number) != true else { return }
            further[row, default: []].append(number)
        }
        counts[Int(number)] += 1
    }

    /// The number of a value in any spelling; `nil` if no row ever had it. O(1).
    func number(of value: String) -> UInt32? {
        known[value] ?? known[value.foldingASCII]
    }

    private mutating func number(adding value: String) -> UInt32 {
        // Most values come in the same spelling each time, so that folding is seldom needed.
        if let number = known[value] { return number }
        let folded = value.foldingASCII
        let number = known[folded] ?? UInt32(values.count)
        if number == values.count {
            values.append(value)
            counts.append(0)
        }
        known[folded] = number
        known[value] = number
        return number
    }
}

extension String {
    /// With ASCII letters in lower case, and all others as they are: as SQLite's NOCASE compares.
    package var foldingASCII: String {
        guard utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return self }
        return String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
