extension VectorSnapshot {
    /// Writes what can be found in an index: the rows of the large one first and in their order, then those that came
    /// later.
    ///
    /// - Parameters:
    ///   - path: the file's place; what is there is replaced.
    ///   - origin: what the vectors are of.
    ///   - generation: the catalog's generation of which they are.
    ///   - index: what can be found.
    /// - Returns: for each row of the large index the row that it is in the file, or `UInt32.max` if it is gone; for
    ///   ``NeighborGraph/updated(for:moved:width:pool:shouldStop:)``.
    /// - Throws: ``VectorSearchError/unusableFile(path:reason:)``; then the old file stays.
    /// - Complexity: O(n · dimension).
    public static func write(
        path: String, origin: SnapshotOrigin, generation: Int, index: SegmentedIndex
    ) throws(VectorSearchError) -> [UInt32] {
        let writer = try Writer(path: path, origin: origin, count: index.count)
        var moved: [[UInt32]] = []
        var next: UInt32 = 0
        for segment in index.segments {
            let table = segment.index.table
            var rows = [UInt32](repeating: .max, count: table.count)
            for row in segment.liveRows {
                rows[row] = next
                next += 1
                let vector = UnsafeRawBufferPointer(
                    start: table.vectors + row * table.dimension, count: table.dimension * MemoryLayout<Float>.size)
                try writer.append(utf8: table.identifiers.utf8(row), vector)
            }
            moved.append(rows)
        }
        // Each segment's order is known: sorting has only to join them.
        var hint: [UInt32] = []
        hint.reserveCapacity(Int(next))
        for (segment, rows) in zip(index.segments, moved) {
            for place in 0..<rows.count {
                let row = rows[segment.index.table.identifiers.row(inPlace: place)]
                if row != .max { hint.append(row) }
            }
        }
        try writer.finish(generation: generation, hint: hint)
        return moved[0]
    }
}
