/// What a classifier said, against what is true.
public struct Confusion: Sendable, Equatable, Codable {
    /// How often one class was taken for one class.
    public struct Cell: Sendable, Equatable, Codable {
        /// The true class.
        public let truth: String
        /// The class that was said.
        public let predicted: String
        /// How often.
        public let count: Int
    }

    /// The cells that are not zero, sorted by true class, then by said class.
    public let cells: [Cell]

    /// Counts pairs of true and said class. O(n log n).
    public init(_ pairs: [(truth: String, predicted: String)]) {
        var counts: [[String]: Int] = [:]
        for pair in pairs { counts[[pair.truth, pair.predicted], default: 0] += 1 }
        cells = counts.map { Cell(truth: $0.key[0], predicted: $0.key[1], count: $0.value) }
            .sorted { ($0.truth, $0.predicted) < ($1.truth, $1.predicted) }
    }

    /// The share of right answers, or `nil` without any answer.
    public var accuracy: Double? {
        let total = cells.reduce(0) { $0 + $1.count }
        guard total > 0 else { return nil }
        return Double(cells.reduce(0) { $0 + ($1.truth == $1.predicted ? $1.count : 0) }) / Double(total)
    }

    /// The true classes, most frequent first; equally frequent ones by name.
    public var classes: [(label: String, count: Int)] {
        Dictionary(cells.map { ($0.truth, $0.count) }, uniquingKeysWith: +)
            .map { (label: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.label) < ($0.count, $1.label) }
    }

    /// F1 of each true class: `2 TP / (2 TP + FP + FN)` (van Rijsbergen 1979; Manning et al., section 8.3).
    public var f1: [String: Double] {
        var right: [String: Int] = [:]
        var said: [String: Int] = [:]
        var held: [String: Int] = [:]
        for cell in cells {
            held[cell.truth, default: 0] += cell.count
            said[cell.predicted, default: 0] += cell.count
            if cell.truth == cell.predicted { right[cell.truth, default: 0] += cell.count }
        }
        return Dictionary(
            uniqueKeysWithValues: held.map { label, count in
                // 2 TP + FP + FN = (TP + FP) + (TP + FN).
                (label, 2 * Double(right[label] ?? 0) / Double(count + (said[label] ?? 0)))
            })
    }

    /// The mean of ``f1`` over the true classes, each with the same weight; `nil` without any.
    public var macroF1: Double? {
        // Added in a fixed order: a dictionary's own changes from run to run, and with it the last bits of the sum.
        let values = f1.sorted { $0.key < $1.key }.map(\.value)
        return Statistics.mean([values])
    }

    /// ``macroF1`` of coded classes, quick enough for resampling. O(n + classes).
    ///
    /// - Parameters:
    ///   - pairs: true and said class, 0 up to `classes`.
    ///   - picked: indices of the pairs to use, any number of times each.
    ///   - classes: how many codes there are.
    /// - Returns: the mean, or `nil` if nothing is picked.
    static func macroF1(_ pairs: [(truth: Int, predicted: Int)], picked: [Int], classes: Int) -> Double? {
        var right = [Int](repeating: 0, count: classes)
        var said = right
        var held = right
        for index in picked {
            let pair = pairs[index]
            held[pair.truth] += 1
            said[pair.predicted] += 1
            if pair.truth == pair.predicted { right[pair.truth] += 1 }
        }
        let values = (0..<classes).compactMap { code in
            held[code] == 0 ? nil : 2 * Double(right[code]) / Double(held[code] + said[code])
        }
        return Statistics.mean([values])
    }
}
