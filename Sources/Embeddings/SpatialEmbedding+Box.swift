public import ImageCodecs

extension SpatialEmbedding {
    /// Where the item that the network saw probably is; `nil` if that is nearly the whole photo, so that a box says nothing.
    ///
    /// Each position has its share of the embedding's length: the part of its vector along it. Between the middles of the
    /// positions the shares are interpolated; the box goes around the region that is connected with the largest share and has
    /// no less than ``leastShare`` of it, and than ``leastRise`` of what it has over the median, with a margin, because shares fall off before an item's edge.
    public var suggestedBox: ImageRegion? {
        let side = Self.gridSide
        let shares = shareGrid()
        guard let peak = shares.indices.max(by: { shares[$0] < shares[$1] }), shares[peak] > 0 else { return nil }
        let median = shares.sorted()[shares.count / 2]
        // A little less, for what is the same but for rounding.
        let least = 0.999 * max(shares[peak] * Self.leastShare, median + (shares[peak] - median) * Self.leastRise)
        var seen = [Bool](repeating: false, count: shares.count)
        var open = [peak]
        seen[peak] = true
        var (left, right, top, bottom) = (side, 0, side, 0)
        while let place = open.popLast() {
            let (row, column) = (place / side, place % side)
            (left, right, top, bottom) = (min(left, column), max(right, column), min(top, row), max(bottom, row))
            for (r, c) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)] {
                guard 0..<side ~= r, 0..<side ~= c, !seen[r * side + c], shares[r * side + c] >= least else { continue }
                seen[r * side + c] = true
                open.append(r * side + c)
            }
        }
        func edge(_ place: Int, _ margin: Double) -> Double { min(1, max(0, Double(place) / Double(side) + margin)) }
        let (x, y) = (edge(left, -Self.margin), edge(top, -Self.margin))
        let box = ImageRegion(
            x: x, y: y, width: edge(right + 1, Self.margin) - x, height: edge(bottom + 1, Self.margin) - y)
        return box.area < Self.largestArea ? box : nil
    }

    /// The photo is looked at in so many places a side.
    private static let gridSide = 40
    /// The share at the edge of the item, of the largest one. Judged with the two below on photos that people took at home
    /// and on small items in empty pictures.
    private static let leastShare: Float = 0.33
    /// How far above the median the item's edge is, for items so small that most of the photo is something else.
    private static let leastRise: Float = 0.2
    /// What is added on each side, as a part of the photo's.
    private static let margin = 0.08
    /// A box that covers more than this leaves nothing out.
    private static let largestArea = 0.85

    /// How far each position's vector reaches in the direction of the embedding.
    public var shares: [Float] {
        let mean = mean
        let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else { return [Float](repeating: 0, count: rows * columns) }
        return (0..<rows * columns).map { position in
            zip(vector(position), mean).reduce(0) { $0 + $1.0 * $1.1 } / length
        }
    }

    /// The shares all over the photo, interpolated in both directions.
    private func shareGrid() -> [Float] {
        let shares = shares
        let used = regions.indices.filter { regions[$0] != nil }
        let usedRows = Set(used.map { $0 / columns }).sorted()
        let usedColumns = Set(used.map { $0 % columns }).sorted()
        guard let firstRow = usedRows.first, let firstColumn = usedColumns.first else { return [0] }
        let down = Self.weights(
            usedRows.map { regions[$0 * columns + firstColumn].map { $0.y + $0.height / 2 } ?? 0 })
        let across = Self.weights(
            usedColumns.map { regions[firstRow * columns + $0].map { $0.x + $0.width / 2 } ?? 0 })
        return down.flatMap { vertical in
            across.map { horizontal in
                func share(_ row: Int, _ column: Int) -> Float { shares[usedRows[row] * columns + usedColumns[column]] }
                func line(_ row: Int) -> Float {
                    let next = min(horizontal.index + 1, usedColumns.count - 1)
                    return share(row, horizontal.index) * (1 - horizontal.weight) + share(row, next) * horizontal.weight
                }
                let next = min(vertical.index + 1, usedRows.count - 1)
                return line(vertical.index) * (1 - vertical.weight) + line(next) * vertical.weight
            }
        }
    }

    /// For each place of the grid the position before it, and how much the one after it weighs.
    private static func weights(_ centres: [Double]) -> [(index: Int, weight: Float)] {
        (0..<gridSide).map { place in
            let x = (Double(place) + 0.5) / Double(gridSide)
            let index = max(0, (centres.firstIndex { $0 > x } ?? centres.count) - 1)
            guard index + 1 < centres.count, x > centres[index] else { return (index, 0) }
            return (index, Float((x - centres[index]) / (centres[index + 1] - centres[index])))
        }
    }
}
