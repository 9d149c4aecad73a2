/// A set of rows of an index, one bit each.
public struct RowSet: Sendable, Equatable, Sequence {
    private(set) var words: [UInt64]
    /// How many rows are in the set.
    public private(set) var count = 0

    /// An empty set with room for rows below `capacity`. O(capacity / 64).
    public init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    /// The set of all rows below `count`. O(count / 64).
    public init(all count: Int) {
        words = [UInt64](repeating: .max, count: (count + 63) / 64)
        if count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
        self.count = count
    }

    /// Puts a row in. O(1).
    ///
    /// - Precondition: the row is below the capacity.
    public mutating func insert(_ row: Int) {
        let bit: UInt64 = 1 << UInt64(row % 64)
        if words[row / 64] & bit == 0 {
            words[row / 64] |= bit
            count += 1
        }
    }

    /// Takes a row out. O(1).
    public mutating func remove(_ row: Int) {
        guard contains(row) else { return }
        words[row / 64] &= ~(1 << UInt64(row % 64))
        count -= 1
    }

    /// Whether a row is in the set; rows beyond the capacity are not. O(1).
    public func contains(_ row: Int) -> Bool {
        row >= 0 && row / 64 < words.count && words[row / 64] & (1 << UInt64(row % 64)) != 0
    }

    /// Leaves the rows that are in the other set too. O(capacity / 64).
    public mutating func formIntersection(_ other: RowSet) {
        count = 0
        for index in words.indices {
            words[index] &= index < other.words.count ? other.words[index] : 0
            count += words[index].nonzeroBitCount
        }
    }

    /// Makes room for rows below `capacity`. O(capacity / 64).
    public mutating func grow(to capacity: Int) {
        words.append(contentsOf: repeatElement(0, count: Swift.max(0, (capacity + 63) / 64 - words.count)))
    }

    /// The rows below `capacity`, with room for as many. O(capacity / 64).
    func prefix(capacity: Int) -> RowSet {
        var prefix = RowSet(all: capacity)
        prefix.formIntersection(self)
        return prefix
    }

    /// The rows, ascending, as 32-bit numbers. O(capacity / 64 + count).
    func list() -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count) { list, listed in
            for (index, word) in words.enumerated() {
                var left = word
                while left != 0 {
                    list[listed] = UInt32(index * 64 + left.trailingZeroBitCount)
                    listed += 1
                    left &= left - 1
                }
            }
        }
    }

    /// The rows, ascending. O(capacity / 64 + count).
    public func makeIterator() -> some IteratorProtocol<Int> {
        var index = 0
        var left = words.first ?? 0
        return AnyIterator {
            while left == 0 {
                index += 1
                guard index < words.count else { return nil }
                left = words[index]
            }
            defer { left &= left - 1 }
            return index * 64 + left.trailingZeroBitCount
        }
    }
}
