extension SegmentedIndex {
    /// The sum of the vectors in a set of rows, and how many there are. O(capacity + rows · dimension).
    public func sum(of rows: RowSet) -> (vector: [Float], count: Int) {
        var sum = [Double](repeating: 0, count: dimension)
        var count = 0
        for segment in segments {
            for row in segment.liveRows {
                let number = segment.number(row)
                guard rows.contains(number) else { continue }
                for (place, value) in segment.index.vector(row: row).enumerated() { sum[place] += Double(value) }
                count += 1
            }
        }
        return (sum.map { Float($0) }, count)
    }
}
