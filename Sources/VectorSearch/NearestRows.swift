/// The `capacity` nearest of the rows offered so far, kept sorted: counts are small, and then inserting into a sorted
/// array beats a heap.
struct NearestRows {
    /// Nearest first; equally near rows in the order of their identifiers.
    private(set) var sorted: [(row: Int, distance: Float)] = []
    private let capacity: Int
    private let identifiers: Identifiers

    init(capacity: Int, identifiers: Identifiers) {
        self.capacity = capacity
        self.identifiers = identifiers
        sorted.reserveCapacity(capacity + 1)
    }

    /// Keeps the row if it is among the nearest. O(1) if it is not, O(capacity) if it is.
    mutating func offer(row: Int, distance: Float) {
        if sorted.count == capacity, let last = sorted.last,
            !isNearer(row, distance, than: last)
        {
            return
        }
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if isNearer(row, distance, than: sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        sorted.insert((row: row, distance: distance), at: low)
        if sorted.count > capacity { sorted.removeLast() }
    }

    private func isNearer(_ row: Int, _ distance: Float, than other: (row: Int, distance: Float)) -> Bool {
        distance == other.distance ? identifiers.precedes(row, other.row) : distance < other.distance
    }
}
