internal import CKernels

/// Vectors in a byte a number, with what that costs each: a quarter of the memory to read for a first look at all of
/// them, after which an exact one at a few is enough to be sure of the nearest.
///
/// A row is `scale * code`, code -127...127; by Cauchy and Schwarz its inner product with a query is off by no more than
/// the length of what was rounded away times the length of the query.
struct QuantizedRows: @unchecked Sendable {
    /// How many rows there are.
    let count: Int
    /// Bytes of a row: the dimension, filled up to whole cache lines.
    let length: Int
    /// Row by row, each code 128 larger.
    let codes: UnsafePointer<UInt8>
    let scales: UnsafePointer<Float>
    /// Length of the difference between a row and its codes.
    let errors: UnsafePointer<Float>
    /// Square of a row's length.
    let squares: UnsafePointer<Float>

    init(
        count: Int, dimension: Int, codes: UnsafePointer<UInt8>, scales: UnsafePointer<Float>,
        errors: UnsafePointer<Float>, squares: UnsafePointer<Float>
    ) {
        self.count = count
        length = Self.length(dimension)
        self.codes = codes
        self.scales = scales
        self.errors = errors
        self.squares = squares
    }

    /// Bytes of a row's codes.
    static func length(_ dimension: Int) -> Int { (dimension + 63) / 64 * 64 }

    /// Bytes of all that is kept of some rows.
    static func bytes(count: Int, dimension: Int) -> Int {
        count * (length(dimension) + 3 * MemoryLayout<Float>.size)
    }

    /// Rounds `count` vectors of `dimension` finite floats into zeroed memory of ``bytes(count:dimension:)``; `nil` if one
    /// is too long to be reckoned with. O(n · dimension).
    init?(rounding vectors: UnsafePointer<Float>, count: Int, dimension: Int, into memory: OwnMemory) {
        let length = Self.length(dimension)
        let codes = memory.bytes.bindMemory(to: UInt8.self, capacity: count * length)
        let floats = (memory.bytes + count * length).bindMemory(to: Float.self, capacity: 3 * count)
        for row in 0..<count {
            let measures = Self.round(vectors + row * dimension, dimension: dimension, into: codes + row * length)
            guard measures.isUsable else { return nil }
            floats[row] = measures.scale
            floats[count + row] = measures.error
            floats[2 * count + row] = measures.square
        }
        self.init(
            count: count, dimension: dimension, codes: codes, scales: floats, errors: floats + count,
            squares: floats + 2 * count)
    }

    /// What comes of rounding a row besides its codes.
    struct Measures {
        let scale: Float
        let error: Float
        let square: Float
        /// Whether the vector is short enough to be reckoned with.
        var isUsable: Bool { square < QuantizedRows.longest }
    }

    /// Rounds a vector into as many bytes as its row has; those beyond the dimension become 128, which is no number.
    static func round(
        _ vector: UnsafePointer<Float>, dimension: Int, into codes: UnsafeMutablePointer<UInt8>
    ) -> Measures {
        let rounded = vk_round_row(vector, dimension, codes)
        for index in dimension..<max(dimension, length(dimension)) { codes[index] = 128 }
        return Measures(scale: rounded.scale, error: rounded.error, square: rounded.square)
    }

    /// Squares of lengths from here on leave too little room for sums.
    fileprivate static let longest: Float = 0x1p60

    /// Rows that could be among the `nearest` nearest, every one that is for certain; ascending. `nil` if the query is too
    /// long for that.
    ///
    /// - Complexity: O(n · dimension), a quarter of the memory of the vectors read.
    func candidates(_ query: [Float], nearest: Int, metric: Metric, among rows: RowSet?) -> [Int]? {
        let rounded = RoundedQuery(query, length: length)
        guard rounded.square < Self.longest else { return nil }
        // Of few rows only theirs are read.
        let listed = rows.flatMap { $0.count < count / 4 ? $0.list() : nil }
        let total = listed?.count ?? count
        let rows = listed == nil ? rows : nil
        // The least that each row's distance can be; for cosine a distance is the inner product negated.
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: total) { least in
            var worst = Smallest(count: nearest)
            rounded.products(codes, rows: listed, total: total, length: length, into: least)
            for index in 0..<total {
                let row = listed.map { Int($0[index]) } ?? index
                let product = least[index] * rounded.scale * scales[row]
                let slack = rounded.slack(error: errors[row], scale: scales[row], square: squares[row])
                let distance: Float
                let doubt: Float
                switch metric {
                case .cosine: (distance, doubt) = (-product, slack)
                case .euclidean:
                    let both = squares[row] + rounded.square
                    (distance, doubt) = (both - 2 * product, 2 * slack + 1e-5 * both)
                }
                least[index] = distance - doubt
                if distance + doubt < worst.bound, rows?.contains(row) ?? true { worst.insert(distance + doubt) }
            }
            let bound = worst.bound
            return (0..<total).filter { least[$0] <= bound && (rows?.contains($0) ?? true) }
                .map { index in listed.map { Int($0[index]) } ?? index }
        }
    }

    /// The `count` smallest of some numbers.
    private struct Smallest {
        private var values: [Float]
        /// The largest of them; infinite until there are so many.
        private(set) var bound = Float.infinity

        init(count: Int) {
            values = [Float](repeating: .infinity, count: count)
        }

        mutating func insert(_ value: Float) {
            var place = values.count - 1
            while place > 0, values[place - 1] > value {
                values[place] = values[place - 1]
                place -= 1
            }
            values[place] = value
            bound = values[values.count - 1]
        }
    }

    /// A query of 16 bits a number.
    private struct RoundedQuery {
        let scale: Float
        let square: Float
        private let high: [Int8]
        private let low: [Int8]
        private let norm: Float
        private let error: Float
        private let magnitude: Float

        init(_ query: [Float], length: Int) {
            let largest = query.reduce(0) { max($0, abs($1)) }
            let scale = largest / 32512 >= 0x1p-100 ? largest / 32512 : 1
            var high = [Int8](repeating: 0, count: length)
            var low = high
            var (square, error, magnitude) = (0.0, 0.0, Float(0))
            for (index, value) in query.enumerated() {
                let number = Int((value / scale).rounded())
                let upper = (number + 128) >> 8
                high[index] = Int8(clamping: upper)
                low[index] = Int8(clamping: number - upper << 8)
                let back = Float(Int(high[index]) << 8 + Int(low[index])) * scale
                square += Double(value) * Double(value)
                error += Double(value - back) * Double(value - back)
                magnitude += abs(back)
            }
            self.scale = scale
            self.high = high
            self.low = low
            self.square = Float(square)
            norm = Float(square.squareRoot()) * 1.000_001
            self.error = Float(error.squareRoot()) * 1.000_001
            self.magnitude = magnitude
        }

        /// How far a row's product may be from the exact one: what was rounded away of the row, of the query, and by the
        /// sums of ``vk_code_products``.
        func slack(error rowError: Float, scale: Float, square: Float) -> Float {
            let length = square.squareRoot()
            let sums = magnitude * scale * 256 * 0x1p-20
            return norm * rowError + error * (length + rowError) + sums + 1e-6 * norm * length
        }

        func products(
            _ codes: UnsafePointer<UInt8>, rows: [UInt32]?, total: Int, length: Int,
            into out: UnsafeMutableBufferPointer<Float>
        ) {
            high.withUnsafeBufferPointer { high in
                low.withUnsafeBufferPointer { low in
                    var query = vk_code_query(
                        high: high.baseAddress, low: low.baseAddress,
                        high_sum: high.reduce(0) { $0 + Int32($1) }, low_sum: low.reduce(0) { $0 + Int32($1) })
                    if let rows {
                        vk_code_products_at(&query, codes, rows, total, length, out.baseAddress)
                    } else {
                        vk_code_products(&query, codes, total, length, out.baseAddress)
                    }
                }
            }
        }
    }
}
