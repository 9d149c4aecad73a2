import Foundation

/// The identifiers of rows, as UTF-8 one after another, with the rows in their order: nothing is made of them before it
/// is asked for, so that those of a million rows can stay in a file.
struct Identifiers: @unchecked Sendable {
    /// How many there are.
    let count: Int
    /// Where each begins in `bytes`, and where the last one ends.
    private let offsets: UnsafePointer<UInt64>
    private let bytes: UnsafePointer<UInt8>
    /// The rows in the order of their identifiers, which is that of their bytes.
    private let order: UnsafePointer<UInt32>

    init(count: Int, offsets: UnsafePointer<UInt64>, bytes: UnsafePointer<UInt8>, order: UnsafePointer<UInt32>) {
        self.count = count
        self.offsets = offsets
        self.bytes = bytes
        self.order = order
    }

    /// The UTF-8 of a row's identifier.
    func utf8(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let start = Int(offsets[row])
        return UnsafeBufferPointer(start: bytes + start, count: Int(offsets[row + 1]) - start)
    }

    subscript(_ row: Int) -> String { String(decoding: utf8(row), as: UTF8.self) }

    /// The row in a place of the order.
    func row(inPlace place: Int) -> Int { Int(order[place]) }

    /// The row with an identifier. O(log n).
    func row(of id: String) -> Int? {
        var id = id
        return id.withUTF8 { wanted in
            var low = 0
            var high = count
            while low < high {
                let middle = (low + high) / 2
                if Self.compare(utf8(Int(order[middle])), wanted) < 0 { low = middle + 1 } else { high = middle }
            }
            guard low < count else { return nil }
            let row = Int(order[low])
            return Self.compare(utf8(row), wanted) == 0 ? row : nil
        }
    }

    /// Whether a row's identifier comes before another's.
    func precedes(_ row: Int, _ other: Int) -> Bool { Self.compare(utf8(row), utf8(other)) < 0 }

    /// Negative, zero or positive, as the first comes before, is, or comes after the second.
    static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        let common = min(a.count, b.count)
        if common > 0, let a = a.baseAddress, let b = b.baseAddress {
            let result = memcmp(a, b, common)
            if result != 0 { return Int(result) }
        }
        return a.count - b.count
    }

    /// Whether everything lies within bounds and in order, so that nothing above can go astray. O(n).
    func isSound(byteCount: Int) -> Bool {
        guard offsets[0] == 0, offsets[count] == UInt64(byteCount) else { return false }
        for row in 0..<count where offsets[row] > offsets[row + 1] || Int(order[row]) >= count { return false }
        for place in 1..<max(count, 1) {
            if Self.compare(utf8(Int(order[place - 1])), utf8(Int(order[place]))) >= 0 { return false }
        }
        return true
    }
}
